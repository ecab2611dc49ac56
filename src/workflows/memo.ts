import { patched, upsertMemo } from '@temporalio/workflow';
import type { BegunRun } from '../activities/runs';
import type { SyncReport } from '../contract';

// Lists of workflows show the memo, also long after the workflow has ended. Runs of 0.1.0 have none.

/** Tells which org, and how it is read. A run of the workflow that carries another on tells it again. */
export function noteBegun({ domain, mode }: BegunRun): void {
  if (patched('memo: domain, mode')) upsertMemo({ domain, mode });
}

export function noteOutcome({ outcome }: SyncReport): void {
  if (patched('memo: outcome')) upsertMemo({ outcome });
}
