import type { GraphDatabase } from './database';

/** Everything that carries an org's domain. */
const LABELS = 'User|Group|FormerUser|FormerGroup|UserChange|GroupChange|SettingsChange|SyncRun|OktaOrg';

export interface OrgContent {
  users: number;
  groups: number;
  memberships: number;
  runs: number;
}

/** What would go with an org. */
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

/** Removes an org from the graph: its people, groups, memberships, history and reports. */
export async function removeOrg(db: GraphDatabase, domain: string): Promise<void> {
  await db.run(
    `MATCH (n:${LABELS}) WHERE coalesce(n.okta_domain, n.domain) = $domain
     CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS`,
    { domain },
  );
}
