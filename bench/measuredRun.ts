import type { RequestedMode } from '../src/contract';
import type { BuiltStack } from '../dev/lab/org/builtStack';
import { reportOf } from '../dev/lab/org/report';
import type { NodeProcess } from '../dev/lab/servers/nodeProcess';
import { temporalShare } from './history';

export interface MeasuredRun {
  /** Calls to Okta. */
  calls: number;
  /** The same by bucket of Okta's API. */
  byBucket: Readonly<Record<string, number>>;
  /** From the start of the workflow to its result, as the client that starts it sees them. */
  wallMs: number;
  /** The duration in the run's report. */
  reportMs: number;
  /** Users that were seen. */
  users: number;
  groupsRead: number;
  /** Of the worker. */
  cpuSeconds: number;
  peakMb: number;
  /** Share of the time in which no activity was at work, 0 to 1. */
  temporalShare: number;
}

/** @throws Error if the run does not succeed. */
export async function measuredRun(
  lab: BuiltStack,
  worker: NodeProcess,
  mode: RequestedMode,
): Promise<MeasuredRun> {
  await lab.org.resetStats();
  const before = worker.usage().cpuSeconds;
  const startedAt = performance.now();
  const handle = await lab.begin({ mode, allowDeletes: true });
  const report = await reportOf(handle);
  const wallMs = performance.now() - startedAt;
  if (report.outcome !== 'succeeded') throw new Error(JSON.stringify(report));
  const { cpuSeconds, peakMb } = worker.usage();
  const { calls, byBucket } = await lab.org.stats();
  return {
    calls,
    byBucket,
    wallMs,
    reportMs: report.durationMs,
    users: report.users.seen,
    groupsRead: report.memberships.groupsRead,
    cpuSeconds: cpuSeconds - before,
    peakMb,
    temporalShare: await temporalShare(handle),
  };
}
