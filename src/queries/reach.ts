import { heldAt } from '../graph/read/asOf';

export { HAS_ACCESS } from '../graph/read/access';

/** Matches all current apps of the org. */
export const EACH_APP = 'MATCH (a:App {okta_domain: $domain}) WHERE a.id IS NOT NULL';

/** Matches all admin roles of the org that somebody has or had. */
export const EACH_ROLE = 'MATCH (r:AdminRole {okta_domain: $domain}) WHERE r.id IS NOT NULL';

/** Columns that identify app `a`. */
export const APP = 'a.label AS app, a.id AS app_id';

/** Columns that identify admin role `r`. A custom role applies to the resource set of its assignment `e`. */
export const ROLE = 'r.label AS role, r.id AS role_id, e.resource_set AS resource_set';

/** Columns of a way to an app or role: `group` is empty if it is direct. */
export const WAY = 'g IS NULL AS is_direct, g.name AS group, g.id AS group_id';

/** Cypher: the later time of membership `m`, if any, and assignment `e`; the known one, if the other is unknown. */
const later = (time: 'not_before' | 'valid_from') =>
  `CASE WHEN e.${time} IS NULL OR m.${time} > e.${time} THEN m.${time} ELSE e.${time} END`;

/** After the first of these reads and by the second the way began: its membership, if any, and its assignment existed. */
const BEGAN_AFTER = later('not_before');
const BEGAN_BY = later('valid_from');

/** Columns: the reads between which a way began. Empty if unknown. */
export const WAY_BEGAN = `${BEGAN_AFTER} AS began_after,
       ${BEGAN_BY} AS began_by`;

/** Same as {@link WAY_BEGAN}, for the earliest of several ways. Its lower limit is unknown if that of any way is. */
export const FIRST_WAY_BEGAN = `CASE WHEN count(*) = count(${BEGAN_AFTER}) THEN min(${BEGAN_AFTER}) END AS began_after,
       min(${BEGAN_BY}) AS began_by`;

/** Same as {@link WAY_BEGAN}, with the read by which a way had ended: without its membership or its assignment. */
export const WAY_LIMITS = `${WAY_BEGAN},
       CASE WHEN e.valid_to IS NULL OR m.valid_to < e.valid_to THEN m.valid_to ELSE e.valid_to END AS ended_by`;

const KINDS = {
  a: { present: 'ASSIGNED_TO', past: 'WAS_ASSIGNED_TO', label: 'App' },
  r: { present: 'HAS_ROLE', past: 'HAD_ROLE', label: 'AdminRole' },
} as const;

/** Names of the nodes at the end of a way: `a` is an app, `r` an admin role. */
type End = keyof typeof KINDS;

/** A bound node, and the other end of its ways, which the result binds. */
interface Ways {
  from: 'u' | End;
  to: 'u' | End;
  /** Only ways through groups `g` for which this is true, and direct ones. */
  where?: string;
}

/**
 * Binds the other end of each way between a user `u` and an app `a` or role `r`, with its assignment `e`, and, for a way
 * through a group, the group `g` and the membership `m`, which are null for a direct way.
 */
export function ways({ from, to, where = 'true' }: Ways): string {
  const { present, label } = KINDS[endOf({ from, to })];
  const end = `(${endOf({ from, to })}:${label})`;
  return `CALL (${from}) {
  MATCH (u:User)-[e:${present}]->${end} RETURN ${to}, e, null AS g, null AS m
  UNION ALL
  MATCH (u:User)-[m:MEMBER_OF]->(g:Group)-[e:${present}]->${end} WHERE ${where} RETURN ${to}, e, g, m
}`;
}

/** Same as {@link ways}, for those that existed at time `at`. Nodes may be former ones by now. */
export function waysAt({ from, to }: Ways, at: string): string {
  return pastWays(
    { from, to },
    { direct: heldAt(at, 'e'), through: `${heldAt(at, 'm')} AND ${heldAt(at, 'e')}` },
  );
}

/** Same as {@link ways}, for those that have ever existed as far as history is kept. */
export function waysEver({ from, to }: Ways): string {
  const overlap = 'coalesce(m.valid_from < e.valid_to, true) AND coalesce(e.valid_from < m.valid_to, true)';
  return pastWays({ from, to }, { direct: 'true', through: overlap });
}

function pastWays({ from, to }: Ways, { direct, through }: { direct: string; through: string }): string {
  const end = endOf({ from, to });
  const { present, past } = KINDS[end];
  return `CALL (${from}) {
  MATCH (u:User|FormerUser)-[e:${present}|${past}]->(${end}) WHERE ${direct}
  RETURN ${to}, e, null AS g, null AS m
  UNION ALL
  MATCH (u)-[m:MEMBER_OF|WAS_MEMBER_OF]->(g)-[e:${present}|${past}]->(${end}) WHERE ${through}
  RETURN ${to}, e, g, m
}`;
}

function endOf({ from, to }: Ways): End {
  const end = from === 'u' ? to : from;
  if (end === 'u') throw new Error('One end of a way is an app or a role.');
  return end;
}

/** Groups that app `a` is assigned to. Read once per app: each time, it takes all assignments of the app. */
export const groupsOf = (node: string) => `COLLECT { MATCH (g:Group)-[:ASSIGNED_TO]->(${node}) RETURN g }`;

/** True if user `u` is in one of `groups`. */
export const inAny = (groups: string) => `EXISTS { MATCH (u)-[:MEMBER_OF]->(g) WHERE g IN ${groups} }`;

/** Matches the group rules of the org. */
export const EACH_RULE = 'MATCH (rule:GroupRule {okta_domain: $domain}) WHERE rule.id IS NOT NULL';

/** Matches groups `g` that rules add users to, with their `rules`, and whom each `active` one excludes. */
export const RULE_GROUPS = `${EACH_RULE}
MATCH (rule)-[:ADDS_TO]->(g:Group)
WITH g, rule ORDER BY rule.name, rule.id
WITH g, collect(rule) AS rules
WITH g, rules, [rule IN rules WHERE rule.status = 'ACTIVE' |
    {users: coalesce(rule.excluded_users, []), groups: coalesce(rule.excluded_groups, [])}] AS active`;

/** True if one of the `active` rules of a group excludes nobody: it can have added any user. */
export const EXPLAINS_ALL = 'any(excluded IN active WHERE size(excluded.users) + size(excluded.groups) = 0)';

/** True if none of the `active` rules can have added user `u`: there is none, or all exclude the user. */
export const UNEXPLAINED = `none(excluded IN active WHERE NOT u.id IN excluded.users
    AND none(id IN excluded.groups WHERE EXISTS { (u)-[:MEMBER_OF]->(:Group {okta_domain: $domain, id: id}) }))`;
