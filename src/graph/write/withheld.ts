import type { NodeLabel } from '../../contract';
import type { GraphDatabase } from '../database';
import { hasRead } from './access/kinds';
import type { AccessLabel } from './access/nodes';
import { integer } from '../values';

/** Cypher: apps or group rules that the list of run `$run` lacks. */
const unlisted = (label: AccessLabel, name: 'label' | 'name') => `
       MATCH (r:SyncRun {okta_domain: $domain, number: $run}) WHERE ${hasRead(label === 'App' ? 'apps' : 'rules')}
       MATCH (n:${label} {okta_domain: $domain}) WHERE n.last_seen_run < $run
       RETURN '${label}' AS label, n, n.${name} AS name, null AS email`;

/** A node that is missing from a complete list but still in the graph. */
export interface Unseen {
  label: NodeLabel | AccessLabel;
  id: string;
  name: string | null;
  email: string | null;
  /** Of users and groups their memberships, of apps their assignments. */
  relationships: number;
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
       UNION ALL ${unlisted('App', 'label')}
       UNION ALL ${unlisted('GroupRule', 'name')}
     }
     RETURN label, n.id AS id, name, email,
            COUNT { (n)-[:MEMBER_OF]-() } + COUNT { (n)<-[:ASSIGNED_TO]-() } AS relationships
     ORDER BY CASE label WHEN 'User' THEN 1 WHEN 'Group' THEN 2 WHEN 'App' THEN 3 ELSE 4 END, name, id LIMIT $atMost`,
    { domain, run: integer(runNumber), atMost: integer(atMost) },
  );
}
