import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { NOTIFY_WORKFLOW_TYPE, notifyId } from '../contract';
import { retriesOf } from './retries';

/** Notifications of an org that did not arrive. */
export interface Undelivered {
  /** Number of those that are sent again. */
  retried: number;
  /** Number of those that were given up within the last day. */
  failed: number;
  /** Why the last attempt at one of them failed, and what to do. */
  why?: string;
}

const WITHIN_MS = 86_400_000;

/** Number of deliveries that are asked for their attempts: a receiver that is down answers none. */
const MAX_DESCRIBED = 10;

/** Returns the notifications of an org that did not arrive; undefined if all did. Temporal's list lags by about a second. */
export async function undelivered(client: Client, domain: string): Promise<Undelivered | undefined> {
  const since = new Date(Date.now() - WITHIN_MS).toISOString();
  const query = `WorkflowType = '${NOTIFY_WORKFLOW_TYPE}' AND (ExecutionStatus = 'Running' OR (ExecutionStatus = 'Failed' AND CloseTime > '${since}'))`;
  const open: WorkflowHandle[] = [];
  const failed: WorkflowHandle[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list({ query })) {
    if (!workflowId.startsWith(notifyId({ domain, runId: '' }))) continue;
    (status.name === 'RUNNING' ? open : failed).push(client.workflow.getHandle(workflowId, runId));
  }
  const described = open.slice(0, MAX_DESCRIBED).map(async (handle) => retriesOf(await handle.describe()));
  const retries = (await Promise.all(described)).flat();
  // Those that were not asked wait for the same receiver.
  const retried = retries.length === 0 ? 0 : retries.length + Math.max(0, open.length - MAX_DESCRIBED);
  if (retried + failed.length === 0) return undefined;
  const why = retries.find((retry) => retry.why !== undefined)?.why ?? (await reasonOf(failed[0]));
  return { retried, failed: failed.length, ...(why !== undefined && { why }) };
}

async function reasonOf(handle: WorkflowHandle | undefined): Promise<string | undefined> {
  try {
    await handle?.result();
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return error.cause?.message;
    throw error;
  }
}
