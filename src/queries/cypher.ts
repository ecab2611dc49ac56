/** Matches all current users of the org. The condition on the id makes Neo4j seek in the unique key (org, id). */
export const EACH_USER = 'MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL';

/** Matches all current groups of the org. */
export const EACH_GROUP = 'MATCH (g:Group {okta_domain: $domain}) WHERE g.id IS NOT NULL';

/** Columns that identify user `u`. */
export const USER = 'u.display_name AS person, u.email AS email, u.id AS user_id';

/** Columns that identify group `g`. */
export const GROUP = 'g.name AS group, g.id AS group_id';

/**
 * The reads of the group between which membership `m` began and ended, by Okta's clock; null if unknown or not ended.
 */
export const LIMITS =
  'm.not_before AS began_after, m.valid_from AS began_by, m.ended_after AS ended_after, m.valid_to AS ended_by';

/** Current status of user `u`: Okta's status, or `deleted`. */
export const STATUS_NOW = `CASE WHEN u:FormerUser THEN 'deleted' ELSE u.status END AS status_now`;

/** Excludes Everyone: every user is a member. */
export const NOT_EVERYONE = `coalesce(g.type, '') <> 'BUILT_IN'`;

/** Draws the groups of users `u`. */
export const THEIR_GROUPS = `MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g`;

/** Excludes groups whose members are not read, since `SYNC_MEMBERS_OF` does not select them: nobody knows them here. */
export const MEMBERS_READ = 'g.memberships_excluded IS NULL';

/** Number of members of group `g`; null if they are not read. */
export const MEMBERS = `CASE WHEN ${MEMBERS_READ} THEN COUNT { (g)<-[:MEMBER_OF]-() } END AS members`;

/** Statuses of users who cannot sign in, even with a new password. */
export const DISABLED_STATUSES: readonly string[] = ['STAGED', 'SUSPENDED', 'DEPROVISIONED'];

/** True if user `u` can sign in, possibly after a password reset: not staged, suspended or deactivated. */
export const ENABLED = `NOT coalesce(u.status, '') IN [${DISABLED_STATUSES.map((status) => `'${status}'`).join(', ')}]`;

/** Number of groups of user `u`, including Everyone. */
export const GROUPS = 'COUNT { (u)-[:MEMBER_OF]->() } AS groups';

/** Binds `node` to the current users with the email or id `$parameter`. */
export function person(node: string, parameter: string): string {
  return anyOf(node, personOf('User', node, parameter));
}

/** Same as {@link person}, including users that Okta has deleted. */
export function personEver(node: string, parameter: string): string {
  return anyOf(node, [...personOf('User', node, parameter), ...personOf('FormerUser', node, parameter)]);
}

/** Binds `node` to the current groups with the name or id `$parameter`. */
export function group(node: string, parameter: string): string {
  return anyOf(node, groupOf('Group', node, parameter));
}

/** Same as {@link group}, including groups that Okta has deleted. */
export function groupEver(node: string, parameter: string): string {
  return anyOf(node, [...groupOf('Group', node, parameter), ...groupOf('FormerGroup', node, parameter)]);
}

/** Binds `node` to the current apps with the label or id `$parameter`. */
export function app(node: string, parameter: string): string {
  return anyOf(node, appOf('App', node, parameter));
}

/** Same as {@link app}, including apps that Okta has deleted. */
export function appEver(node: string, parameter: string): string {
  return anyOf(node, [...appOf('App', node, parameter), ...appOf('FormerApp', node, parameter)]);
}

function personOf(label: string, node: string, parameter: string): string[] {
  return [
    `MATCH (${node}:${label} {okta_domain: $domain, email: toLower($${parameter})})`,
    `MATCH (${node}:${label} {okta_domain: $domain, id: $${parameter}})`,
  ];
}

function groupOf(label: string, node: string, parameter: string): string[] {
  return [
    `MATCH (${node}:${label} {okta_domain: $domain, name: $${parameter}})`,
    `MATCH (${node}:${label} {okta_domain: $domain, id: $${parameter}})`,
  ];
}

function appOf(label: string, node: string, parameter: string): string[] {
  return [
    `MATCH (${node}:${label} {okta_domain: $domain, label: $${parameter}})`,
    `MATCH (${node}:${label} {okta_domain: $domain, id: $${parameter}})`,
  ];
}

/** Combines the matches with UNION: each uses its index, while one match with OR would scan all nodes. */
function anyOf(node: string, matches: readonly string[]): string {
  return `CALL () {\n  ${matches.map((match) => `${match} RETURN ${node}`).join('\n  UNION\n  ')}\n}`;
}

/**
 * Binds `u`, `m`, `g` and `change` for each membership that was added or removed from `$since` until `$until`; the
 * change happened between two reads of the group, at `after` and `by`. Members found by the first read of a group count
 * as added only if the group was created since `$since`.
 */
export const CHANGES = `CALL () {
  // Changes found by earlier runs are older than $since; both times are by Okta's clock.
  OPTIONAL MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.id IS NOT NULL AND r.groups_as_of <= $since
  WITH coalesce(max(r.number), 0) AS earliest
  ${EACH_GROUP} AND g.memberships_changed_run >= earliest
  MATCH (u)-[m:MEMBER_OF]->(g) WHERE m.valid_from >= $since AND m.valid_from < $until
  RETURN u, m, g, 'added' AS change, m.not_before AS after, m.valid_from AS by
  UNION ALL
  MATCH (u)-[m:WAS_MEMBER_OF]->(g) WHERE m.valid_to >= $since AND g.okta_domain = $domain AND m.valid_from >= $since AND m.valid_from < $until
  RETURN u, m, g, 'added' AS change, m.not_before AS after, m.valid_from AS by
  UNION ALL
  MATCH (u)-[m:WAS_MEMBER_OF]->(g) WHERE m.valid_to >= $since AND m.valid_to < $until AND g.okta_domain = $domain AND m.ended_because IS NULL
  RETURN u, m, g, 'removed' AS change, m.ended_after AS after, m.valid_to AS by
}
WITH * WHERE change = 'removed' OR after IS NOT NULL OR coalesce(g.created >= $since, false)`;
