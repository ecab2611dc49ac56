import { formatDuration } from '../text/times';
import { printable } from '../text/printable';
import { retryText } from './retries';
import type { WatchState } from './watch';

const DOING = {
  watching: undefined,
  'waiting for another run': 'waiting for another run to end',
  'reading changes': 'reading changes',
  'incremental run': 'an incremental run is in progress',
  'waiting to try again': undefined,
} as const;

/** Describes a watch in a line, such as `watching the System Log every 10s; up to date as of 4s ago`, or why it does not. */
export function watchText({ view, freshMs, retries }: WatchState, now: Date): string {
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
      ? `an incremental run is due (${due})${dueAtMs > now.getTime() ? ` in ${formatDuration(dueAtMs - now.getTime())}` : ''}`
      : undefined,
    retry && retryText(retry),
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
