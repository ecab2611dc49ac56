import type { GraphDatabase } from '../database';

/** The counts of a running run so far; `endRun` builds its report from the same counters. */
export interface LiveCounts {
  users: { created: number; updated: number; deleted: number };
  groups: { created: number; updated: number; deleted: number };
  memberships: { added: number; removed: number };
  okta: { requests: number; rateLimited: number; waitedMs: number };
  warnings: number;
}

/** Returns the counters of a run; undefined until it has a number. */
export async function liveCounts(
  db: GraphDatabase,
  domain: string,
  runId: string,
): Promise<LiveCounts | undefined> {
  const [row] = await db.read<LiveCounts>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId})
     RETURN {created: r.users_created, updated: r.users_updated, deleted: r.users_deleted} AS users,
       {created: r.groups_created, updated: r.groups_updated, deleted: r.groups_deleted} AS groups,
       {added: r.memberships_added, removed: r.memberships_removed} AS memberships,
       {requests: r.okta_requests_users + r.okta_requests_user + r.okta_requests_groups + r.okta_requests_group + r.okta_requests_other,
        rateLimited: r.okta_rate_limited, waitedMs: r.okta_waited_ms} AS okta,
       size(r.warnings) + r.warnings_omitted AS warnings`,
    { domain, runId },
  );
  return row;
}
