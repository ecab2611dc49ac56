import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { firstRunIdOf } from '../../cli/underWay';
import { SYNC_WORKFLOW_TYPE } from '../../contract';
import type { RecordedRun } from '../../graph/reports';
import { isRunOf, scheduleId } from '../../schedule';

/** A run that ended without a report: it could not begin, or was stopped from outside. Only Temporal knows of it. */
export interface UnrecordedRun {
  workflowId: string;
  runId: string;
  startedAt: Date;
  endedAt: Date;
  status: 'FAILED' | 'TERMINATED' | 'TIMED_OUT' | 'CANCELLED';
}

/** Ended runs of a domain that are looked at. */
const MOST = 20;

const QUERY = (domain: string) =>
  `WorkflowType = '${SYNC_WORKFLOW_TYPE}' AND WorkflowId STARTS_WITH '${scheduleId(domain)}'` +
  ` AND ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut', 'Canceled')`;

/** The latest runs of a domain that Temporal saw end and the graph has no record of, newest first. */
export async function unrecordedRuns(
  client: Client,
  domain: string,
  recorded: readonly RecordedRun[],
): Promise<UnrecordedRun[]> {
  const known = new Set(recorded.map(({ runId }) => runId));
  const oldest = recorded.at(-1)?.startedAt ?? new Date(0);
  const found: UnrecordedRun[] = [];
  let looked = 0;
  for await (const info of client.workflow.list({ query: QUERY(domain), pageSize: MOST })) {
    if ((looked += 1) > MOST) break;
    if (!isRunOf(info.workflowId, domain) || known.has(info.runId) || info.startTime < oldest) continue;
    const first = await firstRunId(client, info);
    if (first !== undefined && !known.has(first)) found.push(unrecorded(info));
  }
  return found.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}

/** A run that continued as new is recorded by its first execution; undefined when Temporal has forgotten it. */
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
