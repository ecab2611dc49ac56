import type { ScheduleDescription, ScheduleSummary } from '@temporalio/client';
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

/** The same for programs. Times are ISO 8601 in UTC; `nextRun` is null if the schedule has none or is paused. */
export function scheduleJson({
  scheduleId,
  spec,
  state,
  info,
}: ScheduleDescription | ScheduleSummary): object {
  const [next] = info.nextActionTimes;
  return {
    scheduleId,
    everyMs: spec?.intervals?.[0]?.every ?? null,
    paused: state.paused,
    note: state.note ?? '',
    nextRun: state.paused ? null : (next?.toISOString() ?? null),
  };
}
