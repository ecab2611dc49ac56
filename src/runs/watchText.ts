import { formatDuration } from '../text/times';
import { printable } from '../text/printable';
import type { IncrementalReason } from '../contract';
import { retryText } from './retries';
import type { WatchStatus } from './watch';

const DOING = {
  watching: undefined,
  'waiting for another run': 'waiting for another run to end',
  'reading changes': 'reading changes',
  'incremental run': 'an incremental run is in progress',
  'waiting to try again': undefined,
} as const;

const DUE: Record<IncrementalReason, string> = {
  access: 'apps, admin roles or group rules have changed',
  'user deleted': 'a user seems to be deleted',
  'group deleted': 'a group seems to be deleted',
  'touched run failed': 'a run of changes from the log did not succeed',
  import: 'an import has ended',
  flood: 'many users or groups have changed at once',
  'log gap': 'events are missing from the log',
};

/** Describes a watch in a line, such as `watching the System Log every 10s; up to date as of 4s ago`, or why it does not. */
export function watchText({ view, freshMs, retries }: WatchStatus, now: Date): string {
  if (!view) return 'no worker responds';
  const { intervalMs, doing, due, dueAtMs = 0, trouble } = view;
  if (trouble)
    return `the System Log cannot be read, trying again every 15m; ${trouble.code}: ${printable(trouble.message)}${trouble.advice ? ` ${printable(trouble.advice)}` : ''}`;
  const [retry] = retries;
  const parts = [
    `watching the System Log every ${formatDuration(intervalMs)}`,
    freshMs === undefined ? undefined : `up to date as of ${formatDuration(now.getTime() - freshMs)} ago`,
    DOING[doing],
    due && doing !== 'incremental run'
      ? `an incremental run is due${dueAtMs > now.getTime() ? ` in ${formatDuration(dueAtMs - now.getTime())}` : ''}: ${DUE[due]}`
      : undefined,
    retry && retryText(retry),
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
