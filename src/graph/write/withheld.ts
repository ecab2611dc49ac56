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
  memberships: number;
  /** Assignments to apps and of admin roles; of an app those to it. */
  assignments: number;
}

/** Nodes that a run did not see, and what would go with them. */
export interface AllUnseen {
  unseen: Unseen[];
  /** Of all of them, not only of those listed. */
  total: number;
  memberships: number;
  assignments: number;
}

export const NONE_UNSEEN: AllUnseen = { unseen: [], total: 0, memberships: 0, assignments: 0 };

/**
 * Cypher: users or groups that the complete list of run `$run` lacks, and those that Okta has reported as not found or
 * could not answer for.
 */
const inDoubt = (label: NodeLabel, list: 'users' | 'groups', columns: string) => `
       MATCH (r:SyncRun {okta_domain: $domain, number: $run}) WHERE r.${list}_listed AND r.${list}_changed_since IS NULL
       MATCH (n:${label} {okta_domain: $domain}) WHERE n.last_seen_run < $run
       RETURN '${label}' AS label, n, ${columns}
       UNION
       MATCH (n:${label}) WHERE n.okta_domain = $domain AND n.denied_run > 0
       RETURN '${label}' AS label, n, ${columns}`;

/** Cypher: binds `n` to each node that run `$run` may have left in the graph. */
const UNSEEN = `CALL () {${inDoubt('User', 'users', 'n.display_name AS name, n.email AS email')}
       UNION
       MATCH (o:OktaOrg {domain: $domain}) UNWIND o.suspects AS suspect
       MATCH (n:User {okta_domain: $domain, id: suspect})
       RETURN 'User' AS label, n, n.display_name AS name, n.email AS email
       UNION${inDoubt('Group', 'groups', 'n.name AS name, null AS email')}
       UNION${unlisted('App', 'label')}
       UNION${unlisted('GroupRule', 'name')}
     }`;

/**
 * Returns nodes that are missing from the complete lists of a run, or that Okta has reported as not found, users first:
 * those whose removal the breaker withheld, and those whose deletion Okta did not confirm.
 */
export async function unseenBy(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
  { atMost, skip = 0 }: { atMost: number; skip?: number },
): Promise<AllUnseen> {
  const [found] = await db.read<AllUnseen>(
    `${UNSEEN}
     WITH label, n, name, email, COUNT { (n)-[:MEMBER_OF]-() } AS memberships,
          COUNT { (n)-[:ASSIGNED_TO]-() } + COUNT { (n)-[:HAS_ROLE]-() } AS assignments
     ORDER BY CASE label WHEN 'User' THEN 1 WHEN 'Group' THEN 2 WHEN 'App' THEN 3 ELSE 4 END, name, n.id
     WITH collect({label: label, id: n.id, name: name, email: email, memberships: memberships,
                   assignments: assignments}) AS rows, sum(memberships) AS memberships, sum(assignments) AS assignments
     RETURN rows[$skip..$skip + $atMost] AS unseen, size(rows) AS total, memberships, assignments`,
    { domain, run: integer(runNumber), atMost: integer(atMost), skip: integer(skip) },
  );
  return found ?? NONE_UNSEEN;
}

/** Returns the ids of all that {@link unseenBy} lists, by label. */
export async function unseenIds(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
): Promise<Map<Unseen['label'], string[]>> {
  const rows = await db.read<{ label: Unseen['label']; ids: string[] }>(
    `${UNSEEN} RETURN label, collect(n.id) AS ids`,
    { domain, run: integer(runNumber) },
  );
  return new Map(rows.map(({ label, ids }) => [label, ids]));
}
