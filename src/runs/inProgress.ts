import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { PROGRESS_QUERY, SYNC_WORKFLOW_TYPE, type SyncProgress } from '../contract';
import { describeSchedule, ID_PREFIX, isRunOf, manualRunId } from './schedule';

/** A sync in Temporal. */
export interface SyncRef {
  workflowId: string;
  /** Of the first execution: a run that continues as new keeps it. */
  runId: string;
  startedAt: Date;
}

/** Without a worker Temporal holds a query until the caller gives up. */
const QUERY_TIMEOUT_MS = 3_000;

/**
 * The sync of a domain that is under way, whoever started it, or undefined. What Temporal knows at once comes first: the
 * run by hand and the schedule's runs. Then its visibility list, which trails by a second or so but holds the runs that
 * were started with an id of someone's own choice; those are asked for their domain.
 *
 * @param schedule the org's, where the caller has asked for it.
 */
export async function findRunningSync(
  client: Client,
  domain: string,
  schedule = describeSchedule(client, domain),
): Promise<SyncRef | undefined> {
  const scheduled = (await schedule)?.info.runningActions ?? [];
  for (const workflowId of [manualRunId(domain), ...scheduled.map(({ workflow }) => workflow.workflowId)]) {
    const found = await findOpen(client, workflowId);
    if (found) return found;
  }
  const query = `WorkflowType = '${SYNC_WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    const found = (await isSyncOf(client, workflowId, domain)) && (await findOpen(client, workflowId));
    if (found) return found;
  }
  return undefined;
}

/** The workflow with this id while it is open; a run that continued as new counts from its first execution. */
export async function findOpen(client: Client, workflowId: string): Promise<SyncRef | undefined> {
  try {
    const latest = await client.workflow.getHandle(workflowId).describe();
    if (latest.closeTime) return undefined;
    const runId = firstRunIdOf(latest);
    const first =
      runId === latest.runId ? latest : await client.workflow.getHandle(workflowId, runId).describe();
    return { workflowId, runId, startedAt: first.startTime };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** The run that a workflow began as: one that continued as new counts from there. */
export function firstRunIdOf({ raw, runId }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

/** How far a sync is, or undefined when no worker answers within 3 s: progress is told where it can be, never waited for. */
export async function readProgress(client: Client, workflowId: string): Promise<SyncProgress | undefined> {
  const query = () => client.workflow.getHandle(workflowId).query<SyncProgress>(PROGRESS_QUERY);
  return client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, query).catch(() => undefined);
}

async function isSyncOf(client: Client, workflowId: string, domain: string): Promise<boolean> {
  if (workflowId.startsWith(ID_PREFIX)) return isRunOf(workflowId, domain);
  return (await readProgress(client, workflowId))?.domain === domain;
}
