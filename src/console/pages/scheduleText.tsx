import type { ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../../cli/duration';
import { printable } from '../../printable';
import { Coming } from './parts';

/** The interval of a schedule and its next run, or why there is none. */
export function ScheduleText({ schedule, now }: { schedule: ScheduleDescription | undefined; now: Date }) {
  if (!schedule) return <>No schedule; runs are started by hand only.</>;
  const { spec, state, info } = schedule;
  const everyMs = spec.intervals?.[0]?.every;
  const every = everyMs === undefined ? 'Not at an interval' : `Every ${formatDuration(everyMs)}`;
  if (state.paused) return <>{`${every}, paused: ${printable(state.note ?? '') || 'without a note'}`}</>;
  const [next] = info.nextActionTimes;
  if (!next) return <>{`${every}, no next run`}</>;
  return (
    <>
      {`${every}, next `}
      <Coming time={next} now={now} />
    </>
  );
}
