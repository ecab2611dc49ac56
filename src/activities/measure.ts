import { Context } from '@temporalio/activity';
import { changesIn, type SyncReport } from '../contract';
import { explainNeo4jError } from '../graph/errors';
import { isMeasuredSince, keepMeasure } from '../graph/write/measures';
import { measureOrg } from '../queries/measure';
import { measured } from '../telemetry/events';
import { errorLocation } from '../text/internalError';
import { unlessAborted } from '../text/unlessAborted';
import type { Ports } from './ports';

/** Time limit of all that is measured at the end of a run. */
const LIMIT_MS = 20_000;

/** Numbers that depend on the time, such as who has not signed in for 90 days, may be this old. */
const FRESH_MS = 6 * 3_600_000;

/**
 * Counts what the graph has at the end of a run that has read what it could, and keeps the numbers; not again if the run
 * has changed nothing and they are fresh. Never rejects: the run's report is written before, and does not depend on it.
 */
export async function measure(
  { graph, sync: { historyRetentionMs } }: Pick<Ports, 'graph' | 'sync'>,
  report: SyncReport,
): Promise<void> {
  const { outcome, domain, runId, runNumber } = report;
  if (outcome !== 'succeeded' && outcome !== 'partial') return;
  const signal = AbortSignal.any([Context.current().cancellationSignal, AbortSignal.timeout(LIMIT_MS)]);
  const measuring = async () => {
    const sinceMs = Date.parse(report.startedAt) - FRESH_MS;
    if (changesIn(report) === 0 && (await isMeasuredSince(graph, domain, sinceMs))) return [];
    const { measure, failed } = await measureOrg(graph, { domain, runId, historyRetentionMs, signal });
    await keepMeasure(graph, domain, measure, historyRetentionMs);
    return failed;
  };
  try {
    const failed = await unlessAborted(signal, measuring());
    measured.emit({ domain, runId, runNumber, failed });
  } catch (error) {
    const cause = explainNeo4jError(error)?.message ?? errorLocation(error);
    measured.emit({ domain, runId, runNumber, failed: ['all'], cause });
  }
}
