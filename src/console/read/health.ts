import type { ScheduleDescription } from '@temporalio/client';
import type { RecordedRun } from '../../graph/read/reports';
import type { UnrecordedRun } from './unrecorded';

/** What is known of an org's runs and their schedule. */
interface Known {
  /** Newest first. */
  runs: readonly RecordedRun[];
  lastSuccess?: RecordedRun;
  unrecorded: readonly UnrecordedRun[];
  currentRun?: { runId: string };
  schedule?: ScheduleDescription;
}

/** What the last run that ended says of an org's sync. */
export type Health = 'error' | 'warning' | 'unverified' | 'active';

/** Number of intervals without a run that read something, after which the graph is late. */
const LATE_AFTER_INTERVALS = 2;

/** Returns the last run that ended by itself: one that a person has stopped says nothing of the sync. */
export function lastEnded({ runs, currentRun }: { runs: Known['runs']; currentRun: Known['currentRun'] }) {
  return runs.find(({ runId, outcome }) => runId !== currentRun?.runId && outcome !== 'cancelled');
}

export function healthOf({
  runs,
  unrecorded,
  currentRun,
}: Pick<Known, 'runs' | 'unrecorded' | 'currentRun'>): Health {
  const last = lastEnded({ runs, currentRun });
  const [lost] = unrecorded;
  if (lost && (!last || lost.startedAt > last.startedAt)) return 'error';
  if (!last) return 'unverified';
  if (last.outcome === 'succeeded') return 'active';
  return last.outcome === 'partial' ? 'warning' : 'error';
}

/** Returns the last run that wrote all that it could read. */
export function lastCompleted({ runs, lastSuccess }: Pick<Known, 'runs' | 'lastSuccess'>) {
  return runs.find(({ outcome }) => outcome === 'succeeded' || outcome === 'partial') ?? lastSuccess;
}

/**
 * Returns true if the schedule is not paused and has missed two runs, or they have all failed: the worker or Temporal is
 * down, or Okta refuses. Never true of an org that was not synced before, or while a run is in progress. A schedule that
 * was changed or resumed has its intervals from then on.
 */
export function isLate(
  integration: Pick<Known, 'runs' | 'lastSuccess' | 'schedule' | 'currentRun'>,
  now: Date,
): boolean {
  const { schedule, currentRun } = integration;
  const everyMs = schedule?.spec.intervals?.[0]?.every;
  const last = lastCompleted(integration)?.finishedAt;
  if (!last || currentRun || everyMs === undefined || schedule?.state.paused) return false;
  const sinceMs = Math.max(last.getTime(), schedule?.info.lastUpdatedAt?.getTime() ?? 0);
  return now.getTime() - sinceMs > LATE_AFTER_INTERVALS * everyMs;
}
