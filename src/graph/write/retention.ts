import { PAST_ACCESS } from '../schema/accessSchema';
import { inPortions } from './portions';
import { writeForRun, type RunWriter } from './run';
import { dateTime, integer } from '../values';

/** Maximum number of relationships or nodes of each kind in one transaction. Nearly all of history is past memberships. */
const BATCH = 10_000;
/** Maximum number of batches in one run, about ten seconds. The next run continues. */
const MAX_BATCHES = 20;

/**
 * Statements that delete expired history, in this order: a former node is only deleted after all of its history. Each
 * uses an index, so that a run with nothing to delete does not scan the graph; without the hint, Neo4j would start from
 * the nodes.
 */
export const EXPIRED: readonly string[] = [
  `MATCH ()-[m:WAS_MEMBER_OF]->(g) USING INDEX m:WAS_MEMBER_OF(valid_to)
   WHERE m.valid_to < $before AND g.okta_domain = $domain
   WITH m LIMIT $batch DELETE m`,
  ...Object.values(PAST_ACCESS).map(
    (past) => `MATCH ()-[m:${past}]->(t) WHERE m.valid_to < $before AND t.okta_domain = $domain
   WITH m LIMIT $batch DELETE m`,
  ),
  ...['UserChange', 'GroupChange'].map(
    (label) => `MATCH (n:${label}) WHERE n.at < $before AND n.okta_domain = $domain
   WITH n LIMIT $batch DETACH DELETE n`,
  ),
  ...['FormerUser', 'FormerGroup', 'FormerApp', 'FormerGroupRule'].map(
    (
      label,
    ) => `MATCH (n:${label}) WHERE n.removed_at < $before AND n.okta_domain = $domain AND NOT EXISTS { (n)--() }
   WITH n LIMIT $batch DELETE n`,
  ),
];

/** Deletes history older than `retentionMs`, up to one run's limit. */
export async function pruneHistory(writer: RunWriter, retentionMs: number, beat: () => void): Promise<void> {
  const parameters = { domain: writer.run.domain, before: dateTime(Date.now() - retentionMs) };
  let left = MAX_BATCHES * BATCH;
  await inPortions(
    BATCH,
    async (atMost) => {
      const { deleted } = await writeForRun(writer, async (tx) => {
        const rows = await Promise.all(
          EXPIRED.map((statement) =>
            tx.run<{ count: number }>(`${statement} RETURN count(*) AS count`, {
              ...parameters,
              batch: integer(atMost),
            }),
          ),
        );
        return { counts: {}, warnings: [], deleted: rows.map(([row]) => row?.count ?? 0) };
      });
      left -= deleted.reduce((sum, count) => sum + count, 0);
      return left > 0 && deleted.includes(atMost) ? atMost : 0;
    },
    beat,
  );
}
