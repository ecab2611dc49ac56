import { currentWait, waitText } from '../contract';
import type { LiveState } from '../runs/inProgress';
import { retryText } from '../runs/retries';
import { countOf, formatCount } from '../text/counts';
import { formatDuration } from '../text/times';

const BAR_WIDTH = 30;

const NO_RESPONSE =
  'waiting for a worker to respond; start one with okta-graph worker, or see okta-graph check';

/** Formats the progress as lines for a terminal. A bar needs a total, which the lists of users and groups lack. */
export function progressBars({ progress, retries }: LiveState, elapsedMs: number): string[] {
  const elapsed = `  elapsed      ${formatDuration(elapsedMs)}`;
  const failed = retries.map((retry) => `  ${retryText(retry)}`);
  if (!progress) return [`  ${NO_RESPONSE}`, elapsed, ...failed];
  const { users, groups, memberships, access, phase } = progress;
  const { groupsDone, groupsTotal } = memberships;
  const wait = currentWait(progress, new Date());
  return [
    `  users        ${counter(users)}`,
    `  groups       ${counter(groups)}`,
    `  memberships  ${bar(groupsDone, groupsTotal, 'group')}`,
    ...(access ? [`  access       ${bar(access.done, access.total || undefined, 'list')}`] : []),
    `${elapsed}, ${phase}`,
    ...(wait ? [`  ${waitText(wait)}`] : []),
    ...failed,
  ];
}

/** Formats the progress as one line, for a log. */
export function progressLine({ progress, retries }: LiveState): string {
  const failed = retries.map(retryText);
  if (!progress) return [NO_RESPONSE, ...failed].join(', ');
  const { users, groups, memberships, access, phase } = progress;
  const { groupsDone, groupsTotal } = memberships;
  const wait = currentWait(progress, new Date());
  return [
    `${phase}: ${countOf(users.seen, 'user')}, ${countOf(groups.seen, 'group')}`,
    ...(groupsTotal === undefined
      ? []
      : [`memberships of ${formatCount(groupsDone)}/${countOf(groupsTotal, 'group')}`]),
    ...(access && access.total > 0
      ? [`assignments and roles of ${formatCount(access.done)}/${countOf(access.total, 'list')}`]
      : []),
    ...(wait ? [waitText(wait)] : []),
    ...failed,
  ].join(', ');
}

function counter({ seen, done }: { seen: number; done: boolean }): string {
  return `${formatCount(seen)}${done ? ' ✓' : ''}`;
}

function bar(done: number, total: number | undefined, noun: string): string {
  if (total === undefined) return '…';
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * BAR_WIDTH);
  const percent = `${Math.floor(share * 100)} %`;
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${percent}  ${formatCount(done)}/${countOf(total, noun)}`;
}
