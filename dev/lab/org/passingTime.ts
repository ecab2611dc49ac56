import type { GraphDatabase } from '../../../src/graph/database';
import { integer } from '../../../src/graph/values';

/**
 * Lets time pass for an org in the graph: what its runs have noted by the clock of the database or the worker becomes
 * older by `ms` milliseconds.
 */
export async function letTimePass(db: GraphDatabase, domain: string, ms: number): Promise<void> {
  await db.run(
    `MATCH (o:OktaOrg {domain: $domain})
     SET o.last_full_at = o.last_full_at - duration({milliseconds: $ms}), o.users_listed_at = o.users_listed_at - duration({milliseconds: $ms}),
         o.groups_listed_at = o.groups_listed_at - duration({milliseconds: $ms})`,
    { domain, ms: integer(ms) },
  );
  await db.run(
    'MATCH (r:SyncRun {okta_domain: $domain}) SET r.started_at = r.started_at - duration({milliseconds: $ms}), r.finished_at = r.finished_at - duration({milliseconds: $ms})',
    { domain, ms: integer(ms) },
  );
  await db.run(
    'MATCH (g:Group {okta_domain: $domain}) SET g.memberships_read_at = g.memberships_read_at - duration({milliseconds: $ms})',
    { domain, ms: integer(ms) },
  );
}
