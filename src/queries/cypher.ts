/** Every user of today. With the id it is a search in the unique key, of which the org is the first part. */
export const EACH_USER = 'MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL';

/** Every group of today. */
export const EACH_GROUP = 'MATCH (g:Group {okta_domain: $domain}) WHERE g.id IS NOT NULL';

/** The columns that name user `u`. */
export const USER = 'u.display_name AS person, u.email AS email, u.id AS user_id';
export const USER_COLUMNS = ['person', 'email', 'user_id'] as const;

/** The columns that name group `g`. */
export const GROUP = 'g.name AS group, g.id AS group_id';
export const GROUP_COLUMNS = ['group', 'group_id'] as const;

/** Between which readings of the group membership `m` began and ended, by Okta's clock; null is unknown, or not yet. */
export const LIMITS =
  'm.not_before AS began_after, m.valid_from AS began_by, m.ended_after AS ended_after, m.valid_to AS ended_by';
export const LIMIT_COLUMNS = ['began_after', 'began_by', 'ended_after', 'ended_by'] as const;

/** Status of user `u` today; Okta has none for one that was deleted. */
export const STATUS_NOW = `CASE WHEN u:FormerUser THEN 'deleted' ELSE u.status END AS status_now`;

/** Not Everyone: all are in it, and it grants nothing to anyone in particular. */
export const NOT_EVERYONE = `coalesce(g.type, '') <> 'BUILT_IN'`;

/** Statuses of users who cannot sign in, not even with a new password. */
export const SHUT_STATUSES: readonly string[] = ['STAGED', 'SUSPENDED', 'DEPROVISIONED'];

/** Whether user `u` can sign in, if need be with a new password: neither suspended, deactivated nor yet to be activated. */
export const ENABLED = `NOT coalesce(u.status, '') IN [${SHUT_STATUSES.map((status) => `'${status}'`).join(', ')}]`;

/** How many groups user `u` is in, Everyone among them. */
export const GROUPS = 'COUNT { (u)-[:MEMBER_OF]->() } AS groups';

/** Binds `node` to the users of today with the email or id `$parameter`. */
export function person(node: string, parameter: string): string {
  return anyOf(node, personOf('User', node, parameter));
}

/** As {@link person}, and users that Okta has deleted. */
export function personEver(node: string, parameter: string): string {
  return anyOf(node, [...personOf('User', node, parameter), ...personOf('FormerUser', node, parameter)]);
}

/** Binds `node` to the groups of today with the name or id `$parameter`. */
export function group(node: string, parameter: string): string {
  return anyOf(node, groupOf('Group', node, parameter));
}

/** As {@link group}, and groups that Okta has deleted. */
export function groupEver(node: string, parameter: string): string {
  return anyOf(node, [...groupOf('Group', node, parameter), ...groupOf('FormerGroup', node, parameter)]);
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

/** One search for each, since a single one with OR would go through all. */
function anyOf(node: string, matches: readonly string[]): string {
  return `CALL () {\n  ${matches.map((match) => `${match} RETURN ${node}`).join('\n  UNION\n  ')}\n}`;
}

/**
 * Binds membership `m` of `u` in `g`, `change`, and between which readings, `after` and `by`, for each that was added or
 * removed from `$since` until `$until`. What the first reading of a group found is no addition, unless the group is young.
 */
export const CHANGES = `CALL () {
  // What runs before this one have found is older; by Okta's clock, as the readings are.
  OPTIONAL MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.id IS NOT NULL AND r.groups_as_of <= $since
  WITH coalesce(max(r.number), 0) AS earliest
  ${EACH_GROUP} AND g.memberships_changed_run >= earliest
  MATCH (u)-[m:MEMBER_OF]->(g) WHERE m.valid_from >= $since AND m.valid_from < $until
  RETURN u, m, g, 'added' AS change, m.not_before AS after, m.valid_from AS by
  UNION ALL
  MATCH (u)-[m:WAS_MEMBER_OF]->(g) WHERE m.valid_to >= $since AND g.okta_domain = $domain AND m.valid_from >= $since AND m.valid_from < $until
  RETURN u, m, g, 'added' AS change, m.not_before AS after, m.valid_from AS by
  UNION ALL
  MATCH (u)-[m:WAS_MEMBER_OF]->(g) WHERE m.valid_to >= $since AND m.valid_to < $until AND g.okta_domain = $domain
  RETURN u, m, g, 'removed' AS change, m.ended_after AS after, m.valid_to AS by
}
WITH * WHERE change = 'removed' OR after IS NOT NULL OR coalesce(g.created >= $since, false)`;
