import type { GraphDatabase } from '../database';
import { integer } from '../values';

/** A node that is missing from a complete list but still in the graph. */
export interface Unseen {
  label: 'User' | 'Group';
  id: string;
  name: string | null;
  email: string | null;
  memberships: number;
}

/**
 * Returns nodes missing from the complete lists of a run, users first: those whose removal the
 * breaker withheld, and those whose deletion Okta did not confirm.
 */
export async function unseenBy(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
  atMost: number,
): Promise<Unseen[]> {
  return db.read<Unseen>(
    `CALL () {
       MATCH (r:SyncRun {okta_domain: $domain, number: $run, users_listed: true}) WHERE r.users_changed_since IS NULL
       MATCH (n:User {okta_domain: $domain}) WHERE n.last_seen_run < $run
       RETURN 'User' AS label, n, n.display_name AS name, n.email AS email
       UNION ALL
       MATCH (r:SyncRun {okta_domain: $domain, number: $run, groups_listed: true}) WHERE r.groups_changed_since IS NULL
       MATCH (n:Group {okta_domain: $domain}) WHERE n.last_seen_run < $run
       RETURN 'Group' AS label, n, n.name AS name, null AS email
     }
     RETURN label, n.id AS id, name, email, COUNT { (n)-[:MEMBER_OF]-() } AS memberships
     ORDER BY label DESC, name, id LIMIT $atMost`,
    { domain, run: integer(runNumber), atMost: integer(atMost) },
  );
}
