import type { GraphDatabase } from '../database';

/** What the graph holds of an org. */
export interface OrgSize {
  users: number;
  groups: number;
  memberships: number;
}

/** As the latest run found it, plus what it has added, less what it has removed: counting anew takes long in a large org. */
export async function orgSize(db: GraphDatabase, domain: string): Promise<OrgSize> {
  const [size] = await db.read<OrgSize>(
    `MATCH (o:OktaOrg {domain: $domain})
     MATCH (r:SyncRun {okta_domain: $domain, number: o.last_run})
     RETURN r.users_at_start + r.users_created - r.users_deleted AS users,
            r.groups_at_start + r.groups_created - r.groups_deleted AS groups,
            r.memberships_at_start + r.memberships_added - r.memberships_removed AS memberships`,
    { domain },
  );
  return size ?? { users: 0, groups: 0, memberships: 0 };
}
