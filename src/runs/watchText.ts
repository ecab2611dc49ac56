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

/** Describes a watch in a line, such as `watching the log every 10s; 4s behind`, or why it does not. */
export function watchText({ view, freshMs, retries }: WatchState, now: Date): string {
  if (!view) return 'no worker responds';
  const { intervalMs, doing, due, trouble } = view;
  if (trouble)
    return `the log cannot be read, trying again every 15m; ${trouble.code}: ${printable(trouble.message)}${trouble.advice ? ` ${printable(trouble.advice)}` : ''}`;
  const [retry] = retries;
  const parts = [
    `watching the log every ${formatDuration(intervalMs)}`,
    freshMs === undefined ? undefined : `${formatDuration(now.getTime() - freshMs)} behind`,
    DOING[doing],
    due && doing !== 'incremental run' ? `an incremental run is due (${due})` : undefined,
    retry && retryText(retry),
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
