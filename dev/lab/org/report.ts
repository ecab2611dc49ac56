import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { SyncReport } from '../../../src/contract';

/** The report that a workflow returned, or failed with. */
export async function reportOf(handle: WorkflowHandle): Promise<SyncReport> {
  try {
    return (await handle.result()) as SyncReport;
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (cause instanceof ApplicationFailure && cause.type === 'SYNC_FAILED')
      return cause.details?.[0] as SyncReport;
    throw error;
  }
}
