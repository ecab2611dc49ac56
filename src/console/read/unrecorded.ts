import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { firstRunIdOf } from '../../runs/inProgress';
import { logRunId, SYNC_WORKFLOW_TYPE } from '../../contract';
import type { RecordedRun } from '../../graph/read/reports';
import { isRunOf, scheduleId } from '../../runs/schedule';

/** A run that ended without a record in the graph: it failed to start, or was terminated. Only Temporal has it. */
export interface UnrecordedRun {
  workflowId: string;
  runId: string;
  startedAt: Date;
  endedAt: Date;
  status: 'FAILED' | 'TERMINATED' | 'TIMED_OUT' | 'CANCELLED';
}

/** Maximum number of ended runs to check. */
const MAX_CHECKED = 20;

const QUERY = (domain: string) =>
  `WorkflowType = '${SYNC_WORKFLOW_TYPE}' AND WorkflowId STARTS_WITH '${scheduleId(domain)}'` +
  ` AND ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut', 'Canceled')`;

/** Returns a domain's latest runs that ended in Temporal and are not in the graph, newest first. */
export async function unrecordedRuns(
  client: Client,
  domain: string,
  recorded: readonly RecordedRun[],
): Promise<UnrecordedRun[]> {
  const known = new Set(recorded.map(({ runId }) => runId));
  const oldest = recorded.at(-1)?.startedAt ?? new Date(0);
  const found: UnrecordedRun[] = [];
  let checked = 0;
  for await (const info of client.workflow.list({ query: QUERY(domain), pageSize: MAX_CHECKED })) {
    if ((checked += 1) > MAX_CHECKED) break;
    // The watch follows up a run of what the System Log has named that failed.
    if (info.workflowId === logRunId(domain, 'touched')) continue;
    if (!isRunOf(info.workflowId, domain) || known.has(info.runId) || info.startTime < oldest) continue;
    const first = await firstRunId(client, info);
    if (first !== undefined && !known.has(first)) found.push(unrecorded(info));
  }
  return found.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}

/** Returns the run id of the first execution, which identifies the run; undefined if Temporal no longer has it. */
async function firstRunId(
  client: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<string | undefined> {
  const described = await client.workflow
    .getHandle(workflowId, runId)
    .describe()
    .catch(() => undefined);
  return described && firstRunIdOf(described);
}

function unrecorded({
  workflowId,
  runId,
  startTime,
  closeTime,
  status,
}: WorkflowExecutionInfo): UnrecordedRun {
  return {
    workflowId,
    runId,
    startedAt: startTime,
    endedAt: closeTime ?? startTime,
    status: status.name as UnrecordedRun['status'],
  };
}
