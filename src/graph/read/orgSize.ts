import type { GraphDatabase } from '../database';

/** Number of users, groups and memberships of an org in the graph. */
export interface OrgSize {
  users: number;
  groups: number;
  memberships: number;
}

/**
 * Returns the org's size: the latest run's starting counts plus what it has added, minus what it has removed. Counting
 * the nodes again takes too long in a large org.
 */
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
