import type { GraphDatabase } from '../../../src/graph/database';

export const LARGE_GRAPH_DOMAIN = 'large.okta.example';

/** Edges to a transaction. */
export const EDGES = 10_000;

/** Runs a statement that takes `$domain` and `$rows` for all rows, a transaction for each {@link EDGES}. */
export async function writeRows(
  db: GraphDatabase,
  rows: Iterable<unknown>,
  statement: string,
): Promise<void> {
  let batch: unknown[] = [];
  const flush = async () => {
    await db.run(statement, { domain: LARGE_GRAPH_DOMAIN, rows: batch });
    batch = [];
  };
  for (const row of rows) {
    batch.push(row);
    if (batch.length === EDGES) await flush();
  }
  if (batch.length > 0) await flush();
}
