import type { GraphDatabase } from '../database';
import { inPortions } from './portions';
import { integer } from '../values';

/** Labels of what the graph holds of an org. Who did what stays: `SettingsChange` and `ConsoleEvent`. */
const LABELS =
  'User|Group|FormerUser|FormerGroup|App|FormerApp|GroupRule|FormerGroupRule|AdminRole|UserChange|GroupChange|RemovalApproval|OrgMeasure|SyncRun|OktaOrg';

/** Maximum number of relationships in one transaction. */
const RELATIONSHIPS = 10_000;
/**
 * Maximum number of nodes in one transaction, after their relationships were deleted; each can hold a large raw object.
 */
const NODES = 1_000;

export interface OrgContent {
  users: number;
  groups: number;
  memberships: number;
  runs: number;
}

/** Returns what removing the org would delete. */
export async function orgContent(db: GraphDatabase, domain: string): Promise<OrgContent> {
  const [content] = await db.read<OrgContent>(
    `RETURN COUNT { MATCH (:User {okta_domain: $domain}) } AS users,
            COUNT { MATCH (:Group {okta_domain: $domain}) } AS groups,
            COUNT { MATCH (:Group {okta_domain: $domain})<-[:MEMBER_OF]-() } AS memberships,
            COUNT { MATCH (:SyncRun {okta_domain: $domain}) } AS runs`,
    { domain },
  );
  return content ?? { users: 0, groups: 0, memberships: 0, runs: 0 };
}

/** Removes an org from the graph: its users, groups, memberships, history and reports, but not the audit entries. */
export async function removeOrg(db: GraphDatabase, domain: string): Promise<void> {
  const ownNodes = `MATCH (n:${LABELS}) WHERE coalesce(n.okta_domain, n.domain) = $domain`;
  for (const [statement, size] of [
    [`${ownNodes} MATCH (n)-[r]-() WITH DISTINCT r LIMIT $atMost DELETE r`, RELATIONSHIPS],
    [`${ownNodes} WITH n LIMIT $atMost DETACH DELETE n`, NODES],
  ] as const) {
    await inPortions(size, (atMost) =>
      db.write(async (tx) => {
        const [row] = await tx.run<{ count: number }>(`${statement} RETURN count(*) AS count`, {
          domain,
          atMost: integer(atMost),
        });
        return row?.count ?? 0;
      }),
    );
  }
}
