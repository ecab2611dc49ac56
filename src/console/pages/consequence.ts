import { ADVICE } from '../../cli/advice';

/** What a warning or failure asks of whoever reads it. */
export type Consequence = 'will retry' | 'needs you' | 'good to know';

/** The next run takes these up by itself. */
const RETRIED = new Set([
  'GROUP_FAILED',
  'GROUPS_LEFT',
  'MEMBERS_WITHOUT_USER',
  'DEADLINE_REACHED',
  'CANCELLED',
  'ABANDONED',
  'ACTIVITY_TIMEOUT',
  'OKTA_UNREACHABLE',
  'OKTA_TIMEOUT',
  'OKTA_RATE_LIMITED',
  'OKTA_SERVER_ERROR',
  'OKTA_ANSWER_TOO_LARGE',
  'OKTA_UNREADABLE_ANSWER',
  'OKTA_CURSOR_EXPIRED',
  'OKTA_REPEATED_LINK',
  'OKTA_ENDLESS_LIST',
  'GRAPH_UNREACHABLE',
  'GRAPH_BEHIND',
  'GRAPH_TIMED_OUT',
]);

/** The graph is true all the same. */
const INFORMATION = new Set(['MISSING_EMAIL', 'DUPLICATE_EMAIL']);

export function consequenceOf(code: string): Consequence {
  if (RETRIED.has(code)) return 'will retry';
  return INFORMATION.has(code) ? 'good to know' : 'needs you';
}

/** What to do about a code, for a reader of this page; undefined where its message says it all. */
export function adviceFor(code: string): string | undefined {
  if (code === 'REMOVALS_WITHHELD')
    return 'Look in Okta first. If it is right, approve the removals on the page of the latest run.';
  if (code === 'SCOPE_SHRANK')
    return "Compare the role and the resource set of the token's admin with those of before. If the users are really deleted, approve the removals on the page of the latest run.";
  return ADVICE[code];
}
