import { randomUUID } from 'node:crypto';
import type { GraphDatabase } from '../../../src/graph/database';

/** What another org may share with the org of a test: ids are unique within an org only. */
export interface SharedIds {
  userId?: string;
  groupId?: string;
}

/**
 * Adds an org that the test does not ask about, with one of everything, from its runs 1 to 3. Its texts have "theirs" in
 * them. `emptyGraph` removes it.
 *
 * @returns its domain.
 */
export async function addAnotherOrg(
  db: GraphDatabase,
  { userId = '00uTheirs', groupId = '00gTheirs' }: SharedIds = {},
): Promise<string> {
  const domain = `${randomUUID()}.okta.com`;
  await db.run(
    `WITH datetime.realtime('UTC') AS now
     CREATE (:OktaOrg {domain: $domain, org_id: $domain, last_run: 3}),
            (u:User {okta_domain: $domain, id: $userId, display_name: 'theirs', email: 'theirs@acme.com', last_seen_run: 0, added_run: 2}),
            (g:Group {okta_domain: $domain, id: $groupId, name: 'theirs', last_seen_run: 0, added_run: 2, memberships_changed_run: 3}),
            (former:FormerGroup {okta_domain: $domain, id: '00gFormerTheirs', name: 'theirs', memberships_changed_run: 3, removed_at: now}),
            (:FormerUser {okta_domain: $domain, id: '00uFormerTheirs', display_name: 'theirs', removed_at: now}),
            (u)-[:MEMBER_OF {opened_by: 2, valid_from: now}]->(g),
            (u)-[:WAS_MEMBER_OF {opened_by: 1, valid_from: now, closed_by: 3, valid_to: now}]->(former),
            (:OrgMeasure {okta_domain: $domain, run: 3, at: now, users: 1}),
            (:SettingsChange {okta_domain: $domain, at: now, what: 'theirs'}),
            (:ConsoleEvent {okta_domain: $domain, at: now, what: 'theirs'})
     WITH u, g, now
     UNWIND [{run: 2, kind: 'changed'}, {run: 3, kind: 'removed'}] AS change
     CREATE (u)-[:CHANGED]->(:UserChange {okta_domain: $domain, run: change.run, kind: change.kind, added_run: 1, fields: ['title'], at: now}),
            (g)-[:CHANGED]->(:GroupChange {okta_domain: $domain, run: change.run, kind: change.kind, added_run: 1, fields: ['name'], at: now})
     WITH DISTINCT now UNWIND range(1, 3) AS number
     CREATE (:SyncRun {okta_domain: $domain, id: 'theirs ' + number, number: number, mode: 'full', outcome: 'partial',
             workflow_id: 'theirs', started_at: now, finished_at: now, users_listed: true, groups_listed: true,
             users_withheld: 7, users_created: 0, users_updated: 0, users_deleted: 0, groups_created: 0, groups_updated: 0,
             groups_deleted: 0, memberships_added: 0, memberships_removed: 0})`,
    { domain, userId, groupId },
  );
  return domain;
}
