import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Fault } from '../../faults/fault';
import { faultOf } from '../../faults/temporalFailure';
import { findReport, type RecordedRun } from '../../graph/read/reports';
import { SYNC_WORKFLOW_TYPE, type SyncProgress, type SyncReport } from '../../contract';
import { liveCounts, type LiveCounts } from '../../graph/read/liveRun';
import { reportOfFailure } from '../../runs/failedRun';
import { firstRunIdOf, readProgress } from '../../runs/inProgress';
import { retriesOf, type Retry } from '../../runs/retries';
import { isRunOf, manualRunId } from '../../runs/schedule';
import type { Services } from '../env';

/** A run's state, read from Temporal and the graph. */
export type RunView =
  | { kind: 'live'; live: LiveRun }
  | { kind: 'reported'; report: SyncReport; workflowId: string }
  | { kind: 'ended'; workflowId: string; startedAt: Date; endedAt?: Date; status: string; why?: Fault };

/** A run in progress. */
export interface LiveRun {
  /** Absent until it has begun. */
  runNumber?: number;
  workflowId: string;
  startedAt: Date;
  /** Absent if no worker responds. */
  progress?: SyncProgress;
  counts?: LiveCounts;
  /** Activities that failed and are retried. */
  retries: Retry[];
}

/** Returns a run of a domain, or undefined if neither Temporal nor the graph has it. */
export async function readRun(
  services: Services,
  domain: string,
  runId: string,
): Promise<RunView | undefined> {
  const { client, db } = services;
  const recorded = await findReport(db, domain, runId);
  if (recorded?.report) return reported(recorded.report, recorded.workflowId);
  const workflowId = recorded?.workflowId ?? (await workflowOf(client, domain, runId));
  if (workflowId === undefined) return undefined;
  try {
    const view = await fromTemporal(services, domain, runId, workflowId);
    return view.kind === 'live' && recorded
      ? { ...view, live: { ...view.live, runNumber: recorded.runNumber } }
      : view;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return recorded && expired(recorded);
  }
}

async function fromTemporal(
  { client, db }: Services,
  domain: string,
  runId: string,
  workflowId: string,
): Promise<RunView> {
  const first = await client.workflow.getHandle(workflowId, runId).describe();
  // Follows a run that continued as new to its latest execution, unless a later run uses the same workflow id.
  const latest =
    first.status.name === 'CONTINUED_AS_NEW' ? await client.workflow.getHandle(workflowId).describe() : first;
  const isSame = firstRunIdOf(latest) === runId;
  const described = isSame ? latest : first;
  if (!described.closeTime) {
    const [progress, counts] = await Promise.all([
      readProgress(client, workflowId),
      liveCounts(db, domain, runId),
    ]);
    return {
      kind: 'live',
      live: {
        workflowId,
        startedAt: first.startTime,
        ...(progress && { progress }),
        ...(counts && { counts }),
        retries: retriesOf(described),
      },
    };
  }
  const failure = await failureOf(client, workflowId, described.runId);
  if (failure && 'runId' in failure) return reported(failure, workflowId);
  // The report may have been written since the first read.
  const written = await findReport(db, domain, runId);
  if (written?.report) return reported(written.report, workflowId);
  return {
    kind: 'ended',
    workflowId,
    startedAt: first.startTime,
    endedAt: described.closeTime,
    status: described.status.name,
    ...(failure ? { why: failure } : {}),
  };
}

/** Returns the report or failure of a closed workflow. */
async function failureOf(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<SyncReport | Fault | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId, runId, { followRuns: false }).result()) as SyncReport;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const report = reportOfFailure(error);
    if (report) return report;
    const { cause } = error;
    return cause instanceof ApplicationFailure ? faultOf(cause) : undefined;
  }
}

/** Temporal's run ids are UUIDs. For any other id it returns an error instead of "not found". */
const RUN_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Returns the workflow id of a run that is not in the graph yet, or undefined if it is not a run of this domain. */
async function workflowOf(client: Client, domain: string, runId: string): Promise<string | undefined> {
  if (!RUN_ID.test(runId)) return undefined;
  const manualId = manualRunId(domain);
  const isManual = await client.workflow
    .getHandle(manualId, runId)
    .describe()
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      },
    );
  if (isManual) return manualId;
  const query = `WorkflowType = '${SYNC_WORKFLOW_TYPE}' AND RunId = '${runId}'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    if (isRunOf(workflowId, domain)) return workflowId;
  }
  return undefined;
}

function reported(report: SyncReport, workflowId: string): RunView {
  return { kind: 'reported', report, workflowId };
}

/** A run without a recorded end in the graph that Temporal has deleted after its retention period. */
function expired({ workflowId, startedAt }: RecordedRun): RunView {
  return { kind: 'ended', workflowId, startedAt, status: 'EXPIRED' };
}
