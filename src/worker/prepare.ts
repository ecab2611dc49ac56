import type { Logger } from '@temporalio/common';
import type { Config } from '../config';
import type { GraphDatabase } from '../graph/database';
import { ensureAccessSchema } from '../graph/schema/accessSchema';
import { ensureSchema } from '../graph/schema/schema';
import { rehearseRuns } from '../graph/write/rehearsal';

/** On two busy cores, the rehearsals of a server that has just started take about this long. */
const BUDGET_MS = 8_000;

/**
 * Prepares Neo4j for the first run: creates what the schema lacks, and rehearses runs until they are fast. It never
 * rejects: a run does by itself what could not be done here, and reports what is wrong.
 */
export async function prepareGraph(
  graph: GraphDatabase,
  { access, hasOktaLabels, historyRetentionMs }: Config['sync'],
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  const startedAt = performance.now();
  try {
    await ensureSchema(graph);
    await ensureAccessSchema(graph, access);
    stop.throwIfAborted();
    const settings = { hasOktaLabels, keepsHistory: historyRetentionMs > 0 };
    const rehearsals = await rehearseRuns(graph, settings, BUDGET_MS, stop);
    log.info('Neo4j is prepared for runs', {
      event: 'graph_prepared',
      durationMs: Math.round(performance.now() - startedAt),
      rehearsalsMs: rehearsals.map(Math.round),
    });
  } catch {
    log.debug('Neo4j could not be prepared for runs', { event: 'graph_not_prepared' });
  }
}
