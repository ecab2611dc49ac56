import type { GraphDatabase } from '../../src/graph/database';

/** Removes every org. Simulated orgs of one seed share their id, which the graph would rightly take for one org under two domains. */
export async function emptyGraph(db: GraphDatabase): Promise<void> {
  await db.run(
    `MATCH (n) WHERE n:User|Group|FormerUser|FormerGroup|UserChange|GroupChange|OktaOrg|SyncRun
     CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`,
  );
}
