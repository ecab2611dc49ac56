import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Config } from '../config';
import { SYNC_WORKFLOW_TYPE, type SyncRequest } from '../contract';
import { manualRunId, staticTexts } from './schedule';
import { findOpen, findRunningSync, type SyncRef } from './inProgress';

export interface StartedSync extends SyncRef {
  /** True if the sync was already in progress; its own mode and limits apply, not those of the request. */
  attached: boolean;
}

/** Starts a manual sync of a domain, or attaches to the one in progress. Two concurrent calls start one sync. */
export async function startOrAttach(
  client: Client,
  config: Config,
  request: SyncRequest & { domain: string },
): Promise<StartedSync> {
  const running = await findRunningSync(client, request.domain);
  if (running) return { ...running, attached: true };

  const workflowId = manualRunId(request.domain);
  try {
    const { firstExecutionRunId } = await client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId,
      taskQueue: config.temporal.taskQueue,
      args: [request],
      ...staticTexts(request.domain, 'manually'),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    });
    return { workflowId, runId: firstExecutionRunId, startedAt: new Date(), attached: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const winner = await findOpen(client, workflowId);
    return winner ? { ...winner, attached: true } : startOrAttach(client, config, request);
  }
}
