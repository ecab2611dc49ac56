import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { faultFor } from '../faults/fault';
import {
  NEEDS_ALL_GROUPS,
  type Ending,
  type LogFindings,
  type SearchAttribute,
  type SyncReport,
  type SyncRequest,
  type SyncWarning,
} from '../contract';
import { completeExploreIndexes } from '../graph/schema/exploreIndexes';
import { isTouchedRun, type Run } from '../graph/write/run';
import { beginRun, endRun, openRuns } from '../graph/write/runs';
import { removeOldRuns } from '../graph/write/runRetention';
import { ensureAccessSchema } from '../graph/schema/accessSchema';
import { ensureSchema } from '../graph/schema/schema';
import { Attempt } from './context';
import { measure } from './measure';
import type { Ports } from './ports';

export interface BegunRun extends Run {
  deadlineMs: number;
  /** The search attributes that the namespace has; runs up to 0.2.0 have none. */
  searchAttributes?: readonly SearchAttribute[];
  /** True if its end is to be announced. */
  notifies?: true;
  /** Ids of runs whose workflow no longer existed, and whose end is to be announced with it. */
  abandoned?: readonly string[];
}

/** Numbers the run, chooses its mode, closes runs whose workflow no longer exists, and removes expired runs. */
export async function begin(ports: Ports, request: SyncRequest, runId: string): Promise<BegunRun> {
  const attempt = new Attempt();
  return attempt.during(beginWithin(attempt, ports, request, runId));
}

async function beginWithin(
  attempt: Attempt<unknown>,
  { okta, graph, sync, notify, searchAttributes }: Ports,
  request: SyncRequest,
  runId: string,
): Promise<BegunRun> {
  const org = okta.org(request.domain);
  await ensureSchema(graph);
  await ensureAccessSchema(graph, sync.access);
  // An index of the console never stops a sync.
  await completeExploreIndexes(graph).catch(() => undefined);
  const run = await beginRun(graph, {
    domain: org.domain,
    organizationId: await org.organizationId(attempt),
    id: runId,
    workflowId: Context.current().info.workflowExecution?.workflowId ?? '',
    mode: request.mode ?? 'auto',
    allowDeletes: request.allowDeletes ?? false,
    ...(request.approvalId !== undefined && { approvalId: request.approvalId }),
    keepsHistory: sync.historyRetentionMs > 0,
    access: sync.access,
    hasOktaLabels: sync.hasOktaLabels,
    fullEveryMs: sync.fullEveryMs,
    ...(sync.verify === 'spread' &&
      !(request.log && NEEDS_ALL_GROUPS.has(request.log.reason)) && {
        spread: { intervalMs: sync.intervalMs },
      }),
    warnings: gapWarnings(request.log),
    ...(request.log && { log: request.log }),
  });
  const abandoned: string[] = [];
  for (const other of await openRuns(graph, run)) {
    if (await isOpenWorkflow(other.workflowId, other.run.id)) continue;
    await endRun(graph, other.run, { outcome: 'abandoned', failure: faultFor('ABANDONED') });
    abandoned.push(other.run.id);
  }
  if (!isTouchedRun(run)) await removeOldRuns(graph, run.domain, sync.runRetentionMs);
  const announced = notify && { notifies: true as const, ...(abandoned.length > 0 && { abandoned }) };
  return { ...run, deadlineMs: sync.deadlineMs, searchAttributes, ...announced };
}

function gapWarnings({ gap }: Partial<LogFindings> = {}): SyncWarning[] {
  if (!gap) return [];
  const { code, message } = faultFor('LOG_GAP');
  return [{ code, message: `${message} They are those between ${gap.from} and ${gap.until}.` }];
}

/**
 * Closes the run with its report, then measures what the graph has; not after a run of what the log has named, which
 * can follow each other within seconds.
 */
export async function end(ports: Ports, run: Run, ending?: Ending): Promise<SyncReport> {
  const attempt = new Attempt();
  const report = await attempt.during(endRun(ports.graph, run, ending));
  if (!isTouchedRun(run)) await attempt.during(measure(ports, report));
  return report;
}

/**
 * Returns true if the workflow that began a run is still open, paused ones too; its later runs carry on the same one.
 */
export async function isOpenWorkflow(workflowId: string, runId: string): Promise<boolean> {
  try {
    const { closeTime, raw } = await Context.current().client.workflow.getHandle(workflowId).describe();
    const firstRunId = raw.workflowExecutionInfo?.firstRunId ?? runId;
    return closeTime === undefined && firstRunId === runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
