import { failedIndexes } from '../../graph/schema/check';
import type { GraphDatabase } from '../../graph/database';

/** Returns an error message for each of our indexes that Neo4j failed to build. */
export async function indexFaults(db: GraphDatabase): Promise<string[]> {
  return (await failedIndexes(db)).map(
    (name) =>
      `Neo4j failed to build the index ${name}, so search and lists are slow or unavailable. Syncs are not affected. The next run builds it again. If that fails too, run in Neo4j: DROP INDEX ${name}`,
  );
}
