import type { ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../text/times';
import { printable } from '../text/printable';

/** Describes the interval of a schedule, and the note if it is paused; `next` is absent if no run is scheduled. */
export function scheduleState({
  spec,
  state,
  info,
}: Pick<ScheduleDescription, 'spec' | 'info'> & { state: { paused: boolean; note?: string } }): {
  text: string;
  next?: Date;
} {
  const everyMs = spec.intervals?.[0]?.every;
  const every = everyMs === undefined ? 'on a custom schedule' : `every ${formatDuration(everyMs)}`;
  if (state.paused) return { text: `${every}, paused: ${printable(state.note ?? '') || 'no note'}` };
  const [next] = info.nextActionTimes;
  return next ? { text: every, next } : { text: `${every}, no run scheduled` };
}
