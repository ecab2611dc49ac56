import type { Client } from '@temporalio/client';
import type { SyncRef } from './inProgress';

/** Asks a run in progress to end. It writes its report, and the next run continues where it stopped. */
export async function cancelRun(client: Client, { workflowId, runId }: SyncRef): Promise<void> {
  await client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId }).cancel();
}
