import type { GraphDatabase } from '../../../src/graph/database';

/** Removes all that the graph holds of some orgs. Other tests may have theirs in it. */
export async function emptyGraph(db: GraphDatabase, domains: readonly string[]): Promise<void> {
  // Users first, who have few relationships each: a transaction with large groups would not fit into memory.
  for (const part of ['NOT n:Group', 'n:Group']) {
    await db.run(
      `MATCH (n) WHERE (n.okta_domain IN $domains OR n.domain IN $domains) AND ${part}
       CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`,
      { domains },
    );
  }
}
