import type { GraphDatabase } from '../database';
import { integer } from '../values';

/** What a sync of apps, admin roles and group rules has put into the graph, for its pages. */

/** Kinds of nodes with pages of their own, by the last part of their path. */
export const ACCESS_PAGES = { apps: 'App', roles: 'AdminRole', rules: 'GroupRule' } as const;

export type AccessPageKind = keyof typeof ACCESS_PAGES;

const KINDS = Object.keys(ACCESS_PAGES) as AccessPageKind[];

/** Cypher: the name of node `n`. */
const NAME: Readonly<Record<AccessPageKind, string>> = { apps: 'n.label', roles: 'n.label', rules: 'n.name' };

/** Cypher: the groups and the users at the other end of the edges of node `n`. */
const GROUPS: Readonly<Record<AccessPageKind, string>> = {
  apps: '(n)<-[e:ASSIGNED_TO]-(g:Group)',
  roles: '(n)<-[e:HAS_ROLE]-(g:Group)',
  rules: '(n)-[e:ADDS_TO]->(g:Group)',
};
const USERS: Readonly<Record<AccessPageKind, string | undefined>> = {
  apps: '(n)<-[e:ASSIGNED_TO]-(u:User)',
  roles: '(n)<-[e:HAS_ROLE]-(u:User)',
  rules: undefined,
};

/** Cypher: true for nodes `n` that are listed. A role stays in the graph when nobody has it any more. */
const LISTED: Readonly<Record<AccessPageKind, string>> = {
  apps: 'true',
  roles: 'EXISTS { (n)<-[:HAS_ROLE]-() }',
  rules: 'true',
};

/** Cypher: number of users, or 0 for a kind that has none. */
const usersOf = (kind: AccessPageKind) => (USERS[kind] ? `COUNT { ${USERS[kind]} }` : '0');

/**
 * Cypher: true if user `u` has apps and roles: Okta takes them from a deactivated user, who stays a member of groups.
 */
export const HAS_ACCESS = "coalesce(u.status, '') <> 'DEPROVISIONED'";

export interface AccessItem {
  id: string;
  name: string | null;
  status: string | null;
  /** The key of an app's definition, a role's type, a rule's expression. */
  detail: string | null;
  groups: number;
  /** Directly assigned. */
  users: number;
}

const ITEM = (kind: AccessPageKind) => `n.id AS id, ${NAME[kind]} AS name, n.status AS status,
  ${{ apps: 'n.name', roles: 'n.type', rules: 'n.expression' }[kind]} AS detail,
  COUNT { ${GROUPS[kind]} } AS groups, ${usersOf(kind)} AS users`;

/** Returns a page of a kind by name, in any case; `hasMore` is true if more follow. */
export async function accessList(
  db: GraphDatabase,
  domain: string,
  kind: AccessPageKind,
  { skip, atMost }: { skip: number; atMost: number },
): Promise<{ items: AccessItem[]; hasMore: boolean }> {
  const items = await db.read<AccessItem>(
    `MATCH (n:${ACCESS_PAGES[kind]} {okta_domain: $domain})
     WHERE ${LISTED[kind]}
     WITH n ORDER BY toLower(${NAME[kind]}), n.id SKIP $skip LIMIT $atMost
     RETURN ${ITEM(kind)}`,
    { domain, skip: integer(skip), atMost: integer(atMost + 1) },
  );
  return { items: items.slice(0, atMost), hasMore: items.length > atMost };
}

/** An app, admin role or group rule that a search has found. */
export interface FoundAccess extends Pick<AccessItem, 'id' | 'name' | 'status'> {
  domain: string;
  kind: AccessPageKind;
}

/** Returns apps, admin roles and group rules, in this order, whose name contains `text` in any case, or whose id it is. */
export async function searchAccess(
  db: GraphDatabase,
  domains: readonly string[],
  text: string,
  atMostOfEach: number,
): Promise<FoundAccess[]> {
  const found = await Promise.all(
    KINDS.map((kind) =>
      db.read<FoundAccess>(
        `MATCH (n:${ACCESS_PAGES[kind]})
         WHERE n.okta_domain IN $domains AND (toLower(${NAME[kind]}) CONTAINS toLower($text) OR n.id = $text) AND ${LISTED[kind]}
         RETURN n.okta_domain AS domain, '${kind}' AS kind, n.id AS id, ${NAME[kind]} AS name, n.status AS status
         ORDER BY toLower(name), id LIMIT $atMost`,
        { domains, text: text.trim(), atMost: integer(atMostOfEach) },
      ),
    ),
  );
  return found.flat();
}

/** A user or group that an app, a role or a rule is about. */
export interface Assigned {
  label: 'User' | 'Group';
  id: string;
  name: string | null;
  /** A user's email, or the number of a group's members. */
  detail: string | number | null;
  status: string | null;
  sinceMs: number | null;
  /** Of a custom role: the id of the resources that it is for. */
  resourceSet: string | null;
}

/** Users or groups that a rule does not add, or whose members it does not. */
export interface Excluded {
  label: 'User' | 'Group';
  total: number;
  /** At most as many as were asked for. */
  shown: { id: string; name: string | null; isKnown: boolean }[];
}

export interface AccessNode extends AccessItem {
  signOnMode: string | null;
  createdMs: number | null;
  updatedMs: number | null;
  /** Okta's clock at the last complete read of an app's direct users. */
  usersAsOfMs: number | null;
  /** Of a rule. */
  excluded: Excluded[];
  /** At most as many of each as were asked for. */
  assigned: Assigned[];
  /** Number of users that have the app or role, directly or through a group; for a rule, the members of its groups. */
  people: number;
}

const OF_EDGE = 'sinceMs: e.valid_from.epochMillis, resourceSet: e.resource_set';

/** Cypher: {@link Excluded}, of a list of ids. */
const EXCLUDED = (
  label: Excluded['label'],
  ids: string,
) => `{label: '${label}', total: size(coalesce(${ids}, [])),
  shown: COLLECT { UNWIND coalesce(${ids}, [])[..$atMost] AS id OPTIONAL MATCH (x:${label} {okta_domain: $domain, id: id})
    RETURN {id: id, name: coalesce(x.display_name, x.name), isKnown: x IS NOT NULL} }}`;

/** Returns an app, a role or a rule with its groups and users; undefined if the graph does not have it. */
export async function accessNode(
  db: GraphDatabase,
  domain: string,
  { kind, id, atMost }: { kind: AccessPageKind; id: string; atMost: number },
): Promise<AccessNode | undefined> {
  const users = USERS[kind];
  const [node] = await db.read<AccessNode>(
    `MATCH (n:${ACCESS_PAGES[kind]} {okta_domain: $domain, id: $id})
     WITH n, COLLECT { MATCH ${GROUPS[kind]} RETURN g ORDER BY COUNT { (g)<-[:MEMBER_OF]-() } DESC } AS by_size
     WITH n, by_size, by_size[0] AS first
     WITH n, by_size, CASE WHEN COUNT { (first)<-[:MEMBER_OF]-() } > ${MANY} THEN first END AS largest
     WITH n, largest, CASE WHEN largest IS NULL THEN by_size ELSE by_size[1..] END AS others
     RETURN ${ITEM(kind)}, n.sign_on_mode AS signOnMode, n.created.epochMillis AS createdMs,
       n.last_updated.epochMillis AS updatedMs, n.users_as_of.epochMillis AS usersAsOfMs,
       ${kind === 'rules' ? `[${EXCLUDED('User', 'n.excluded_users')}, ${EXCLUDED('Group', 'n.excluded_groups')}]` : '[]'} AS excluded,
       COLLECT { MATCH ${GROUPS[kind]} WITH g, e ORDER BY toLower(g.name), g.id LIMIT $atMost
         RETURN {label: 'Group', id: g.id, name: g.name, detail: COUNT { (g)<-[:MEMBER_OF]-() }, status: g.type, ${OF_EDGE}} }
       ${users ? `+ COLLECT { MATCH ${users} WITH u, e ORDER BY u.display_name, u.id LIMIT $atMost RETURN {label: 'User', id: u.id, name: u.display_name, detail: u.email, status: u.status, ${OF_EDGE}} }` : ''} AS assigned,
       ${PEOPLE(kind)} AS people`,
    { domain, id, atMost: integer(atMost) },
  );
  return node;
}

/** Number of members from which those of a group are not looked at one by one. */
const MANY = 10_000;

/**
 * Cypher: the number of users that have node `n`, through `largest`, its largest group if that has {@link MANY} members,
 * as Everyone has, through `others`, or directly. All users have a name: comparing it lets Neo4j use the console's index
 * of statuses and names.
 */
function PEOPLE(kind: AccessPageKind): string {
  const users = USERS[kind];
  return `COUNT { (largest)<-[:MEMBER_OF]-() } + COUNT {
      CALL (n, others) {
        UNWIND others AS g MATCH (g)<-[:MEMBER_OF]-(u) RETURN u
        ${users ? `UNION MATCH ${users} RETURN u` : ''}
      }
      WITH DISTINCT u WHERE ${users ? `${HAS_ACCESS} AND ` : ''}NOT EXISTS { (u)-[:MEMBER_OF]->(largest) }
      RETURN u
    }${users ? " - COUNT { MATCH (u:User {okta_domain: $domain, status: 'DEPROVISIONED'}) WHERE u.display_name >= '' AND EXISTS { (u)-[:MEMBER_OF]->(largest) } }" : ''}`;
}

/** Something that a user or group opens. */
export interface Opened {
  kind: 'apps' | 'roles';
  id: string;
  name: string | null;
  status: string | null;
  /** Groups through which a user has it; null stands for a direct assignment. */
  through: ({ id: string; name: string | null } | null)[];
}

/** What a user or group opens, and the rules that fill a group. */
export interface Opens {
  /** Number of apps and of admin roles, and at most as many of them as were asked for. */
  apps: number;
  roles: number;
  opened: Opened[];
  rules: { id: string; name: string | null; status: string | null }[];
}

const OPENED_BY = (type: string, kind: 'apps' | 'roles', isUser: boolean) => `
  MATCH (n)-[:${type}]->(x) RETURN x, '${kind}' AS kind, null AS g
  ${isUser ? `UNION MATCH (n)-[:MEMBER_OF]->(g)-[:${type}]->(x) RETURN x, '${kind}' AS kind, g` : ''}`;

/** Returns what a user or group opens now: apps and admin roles, directly or through groups. */
export async function openedBy(
  db: GraphDatabase,
  domain: string,
  { label, id, atMost }: { label: 'User' | 'Group'; id: string; atMost: number },
): Promise<Opens> {
  const isUser = label === 'User';
  const [found] = await db.read<Opens>(
    `MATCH (n:${label} {okta_domain: $domain, id: $id})
     WITH n, COLLECT { CALL (n) { ${OPENED_BY('ASSIGNED_TO', 'apps', isUser)} UNION ${OPENED_BY('HAS_ROLE', 'roles', isUser)} }
         WITH kind, x, collect(DISTINCT CASE WHEN g IS NULL THEN null ELSE {id: g.id, name: g.name} END) AS groups,
              count(CASE WHEN g IS NULL THEN 1 END) > 0 AS isDirect
         RETURN {kind: kind, id: x.id, name: x.label, status: x.status,
           through: CASE WHEN isDirect THEN [null] ELSE [] END + groups}
         ORDER BY kind DESC, toLower(x.label), x.id } AS opened
     RETURN size([each IN opened WHERE each.kind = 'apps']) AS apps, size([each IN opened WHERE each.kind = 'roles']) AS roles,
       opened[..$atMost] AS opened,
       ${isUser ? '[]' : 'COLLECT { MATCH (n)<-[:ADDS_TO]-(r:GroupRule) RETURN {id: r.id, name: r.name, status: r.status} ORDER BY toLower(r.name), r.id }'} AS rules`,
    { domain, id, atMost: integer(atMost) },
  );
  return found ?? { apps: 0, roles: 0, opened: [], rules: [] };
}

/** Returns the kinds of which an org has something in the graph. */
export async function accessKindsOf(db: GraphDatabase, domain: string): Promise<AccessPageKind[]> {
  const [row] = await db.read<{ kinds: AccessPageKind[] }>(
    `RETURN [kind IN [${KINDS.map(
      (kind) =>
        `CASE WHEN EXISTS { (n:${ACCESS_PAGES[kind]} {okta_domain: $domain}) WHERE ${LISTED[kind]} } THEN '${kind}' END`,
    ).join(', ')}] WHERE kind IS NOT NULL] AS kinds`,
    { domain },
  );
  return row?.kinds ?? [];
}
