import type { ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../../text/times';
import { printable } from '../../text/printable';
import { TimeUntil } from './parts';

/** The interval and next run of a schedule, or why there is none. */
export function ScheduleText({ schedule, now }: { schedule: ScheduleDescription | undefined; now: Date }) {
  if (!schedule) return <>No schedule; start runs manually.</>;
  const { spec, state, info } = schedule;
  const everyMs = spec.intervals?.[0]?.every;
  const every = everyMs === undefined ? 'No interval' : `Every ${formatDuration(everyMs)}`;
  if (state.paused) return <>{`${every}, paused: ${printable(state.note ?? '') || 'no comment'}`}</>;
  const [next] = info.nextActionTimes;
  if (!next) return <>{`${every}, no next run`}</>;
  return (
    <>
      {`${every}, next `}
      <TimeUntil time={next} now={now} />
    </>
  );
}
