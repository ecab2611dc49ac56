import { patched, upsertMemo } from '@temporalio/workflow';
import type { BegunRun } from '../activities/runs';
import type { SyncReport } from '../contract';

// The memo is shown in lists of workflows, even long after a workflow has ended. Runs of 0.1.0 have none.

/** Adds the org and the mode to the memo. A continued workflow run sets them again. */
export function noteBegun({ domain, mode }: BegunRun): void {
  if (patched('memo: domain, mode')) upsertMemo({ domain, mode });
}

export function noteOutcome({ outcome }: SyncReport): void {
  if (patched('memo: outcome')) upsertMemo({ outcome });
}
