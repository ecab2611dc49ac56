import type { GraphDatabase } from '../../../src/graph/database';

export const LARGE_GRAPH_DOMAIN = 'large.okta.example';

/** Returns an id of the large graph, of a user, group, app, rule or custom role. */
export const idOf = (prefix: '00u' | '00g' | '0oa' | '0pr' | 'cr0', i: number): string =>
  `${prefix}${String(i).padStart(9, '0')}`;

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
