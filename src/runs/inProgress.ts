import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { logRunId, PROGRESS_QUERY, SYNC_WORKFLOW_TYPE, type SyncProgress } from '../contract';
import { retriesOf, type Retry } from './retries';
import { describeSchedule, ID_PREFIX, isRunOf, manualRunId } from './schedule';

/** Identifies a sync in Temporal. */
export interface SyncRef {
  workflowId: string;
  /** Id of the first execution, which stays the same when the run continues as new. */
  runId: string;
  startedAt: Date;
}

/** Without a worker, Temporal holds a query until the caller's deadline. */
const QUERY_TIMEOUT_MS = 3_000;

/**
 * Finds the sync of a domain that is in progress, however it was started; undefined if there is none. It checks the
 * manual run and the schedule's runs first, because Temporal knows their state immediately. Then it searches the
 * visibility list, which lags by about a second but includes runs with a custom workflow id; those are queried for their
 * domain. A run of what the System Log has named, which takes seconds, is none.
 *
 * @param schedule the org's schedule, if the caller has described it already.
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
    if (workflowId === logRunId(domain, 'touched')) continue;
    const found = (await isSyncOf(client, workflowId, domain)) && (await findOpen(client, workflowId));
    if (found) return found;
  }
  return undefined;
}

/** Finds the open workflow with this id; undefined if it is closed or does not exist. The start time is that of the first execution. */
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

/** Returns the run id of a workflow's first execution, which differs from the current one after it has continued as new. */
export function firstRunIdOf({ raw, runId }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

/** Queries the progress of a sync; undefined if no worker responds within 3 s. It never throws. */
export async function readProgress(client: Client, workflowId: string): Promise<SyncProgress | undefined> {
  const query = () => client.workflow.getHandle(workflowId).query<SyncProgress>(PROGRESS_QUERY);
  return client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, query).catch(() => undefined);
}

/** What a run in progress shows. */
export interface LiveState {
  /** Absent if no worker responds. */
  progress?: SyncProgress;
  /** Activities that failed and are retried. */
  retries: readonly Retry[];
}

/** Reads the state of a sync. It never throws. */
export async function readLive(client: Client, workflowId: string): Promise<LiveState> {
  const [progress, retries] = await Promise.all([
    readProgress(client, workflowId),
    client.workflow
      .getHandle(workflowId)
      .describe()
      .then(retriesOf, () => []),
  ]);
  return { ...(progress && { progress }), retries };
}

async function isSyncOf(client: Client, workflowId: string, domain: string): Promise<boolean> {
  if (workflowId.startsWith(ID_PREFIX)) return isRunOf(workflowId, domain);
  return (await readProgress(client, workflowId))?.domain === domain;
}
