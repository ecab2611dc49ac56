import { failedIndexes } from '../../graph/check';
import type { GraphDatabase } from '../../graph/database';

/** A sentence about each of our indexes that Neo4j could not build. */
export async function indexFaults(db: GraphDatabase): Promise<string[]> {
  return (await failedIndexes(db)).map(
    (name) =>
      `Neo4j could not build the index ${name}, so searching and lists are slow or not available. Syncs go on. The next run builds it again; if it fails again: DROP INDEX ${name}`,
  );
}
