import { ADVICE } from '../../cli/advice';

/** What has to be done about a warning or failure. */
export type Consequence = 'will retry' | 'action required' | 'informational';

/** Codes that the next run retries. */
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

/** Codes that do not affect the graph's accuracy. */
const INFORMATION = new Set(['MISSING_EMAIL', 'DUPLICATE_EMAIL']);

export function consequenceOf(code: string): Consequence {
  if (RETRIED.has(code)) return 'will retry';
  return INFORMATION.has(code) ? 'informational' : 'action required';
}

/** Returns advice about a code for users of the console, or undefined if its message is enough. */
export function adviceFor(code: string): string | undefined {
  if (code === 'REMOVALS_WITHHELD')
    return 'Check in Okta first. If the removals are correct, approve them on the page of the latest run.';
  if (code === 'SCOPE_SHRANK')
    return "Check if the role or resource set of the token's admin has changed. If the users were really deleted, approve the removals on the page of the latest run.";
  return ADVICE[code];
}
