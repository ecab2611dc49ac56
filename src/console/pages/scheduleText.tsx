import type { ScheduleDescription } from '@temporalio/client';
import { scheduleState } from '../../runs/scheduleState';
import { TimeUntil } from './parts';

/** The interval and next run of a schedule, or why there is none. */
export function ScheduleText({ schedule, now }: { schedule: ScheduleDescription | undefined; now: Date }) {
  if (!schedule) return <>No schedule; start runs manually.</>;
  const { text, next } = scheduleState(schedule);
  return (
    <>
      {next ? `${text}, next ` : text}
      {next && <TimeUntil time={next} now={now} />}
    </>
  );
}
