import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SyncOutcome, SyncProgress, SyncReport, SyncRequest } from '../../src/contract';
import { sampleReport } from '../../dev/lab/sampleReport';

export const endSignal = defineSignal<[SyncOutcome]>('end');
export const turnOverSignal = defineSignal('turnOver');

/** Replaces the real workflow: it runs until a test signals its outcome. */
export async function syncOkta(request: SyncRequest): Promise<SyncReport> {
  const { firstExecutionRunId: runId } = workflowInfo();
  const domain = request.domain ?? 'unknown';
  let outcome: SyncOutcome | undefined;
  let turnOver = false;
  setHandler(endSignal, (signaled) => void (outcome = signaled));
  setHandler(turnOverSignal, () => void (turnOver = true));
  setHandler(defineQuery<SyncProgress>('progress'), (): SyncProgress => ({
    phase: 'memberships',
    domain,
    runId,
    users: { seen: 1200, done: true },
    groups: { seen: 40, done: true },
    memberships: { groupsDone: 10, groupsTotal: 40 },
  }));
  try {
    await condition(() => outcome !== undefined || turnOver);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    outcome = 'cancelled';
  }
  if (!outcome) return continueAsNew<typeof syncOkta>(request);

  const report = reportOf(domain, runId, outcome, request.mode === 'full' ? 'full' : 'incremental');
  if (outcome === 'succeeded' || outcome === 'partial') return report;
  throw ApplicationFailure.nonRetryable('The run failed', 'SyncFailed', report);
}

function reportOf(domain: string, runId: string, outcome: SyncOutcome, mode: SyncReport['mode']): SyncReport {
  return sampleReport({
    runId,
    runNumber: 7,
    domain,
    mode,
    outcome,
    users: { seen: 1200, created: 12, updated: 3, deleted: 1 },
    groups: { seen: 40, created: 0, updated: 2, deleted: 0 },
    memberships: { groupsRead: 5, groupsUnchanged: 35, groupsFailed: 0, added: 20, removed: 4 },
    okta: {
      requests: 17,
      requestsByBucket: { users: 17, user: 0, groups: 0, group: 0, apps: 0, iam: 0, logs: 0, other: 0 },
      rateLimited: 1,
      waitedMs: 2_000,
      retries: 1,
    },
  });
}
