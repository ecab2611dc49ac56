import { isDeepStrictEqual } from 'node:util';
import type { GraphDatabase } from '../../../src/graph/database';

type Json = Record<string, unknown>;
type Source<T> = Iterable<T> | AsyncIterable<T>;

/** What an org holds, as the simulator tells it in process or over HTTP. */
export interface OrgTruth {
  users: Source<Json>;
  groups: Source<Json>;
  edges: Source<readonly [userId: string, groupId: string]>;
}

/** So many differences are told; one is enough to fail. */
const MOST = 20;

/**
 * Compares the whole graph of a domain with an org: every id, every property, the raw objects, every edge.
 * The expected values are computed here from the raw objects, apart from the code under test.
 *
 * @param loginsMayLag a sign-in does not move `lastUpdated`, so incremental runs do not see it.
 */
export async function differences(
  db: GraphDatabase,
  domain: string,
  truth: OrgTruth,
  { loginsMayLag = false } = {},
): Promise<string[]> {
  const found: string[] = [];
  const tell = (difference: string) => void (found.length < MOST && found.push(difference));
  const ignored = loginsMayLag ? ['lastLogin', 'last_login'] : [];
  await compareNodes(db, domain, 'User', truth.users, expectedUser, tell, ignored);
  await compareNodes(db, domain, 'Group', truth.groups, expectedGroup, tell);
  await compareEdges(db, domain, truth.edges, tell);
  return found;
}

async function compareNodes(
  db: GraphDatabase,
  domain: string,
  label: 'User' | 'Group',
  source: Source<Json>,
  expect: (raw: Json) => Json,
  tell: (difference: string) => void,
  ignored: readonly string[] = [],
): Promise<void> {
  const without = (object: Json) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => !ignored.includes(name)));
  const rows = await db.read<{ node: Json }>(
    `MATCH (n:${label} {okta_domain: $domain}) RETURN properties(n) AS node`,
    {
      domain,
    },
  );
  const nodes = new Map(rows.map(({ node }) => [node['id'], node]));
  if (nodes.size !== rows.length) tell(`${label}: ${rows.length - nodes.size} nodes share an id`);
  const rawProperty = `okta_raw_${label.toLowerCase()}_object`;
  for await (const item of source) {
    const { usersCount, ...raw } = item;
    const node = nodes.get(raw['id']);
    if (!node) {
      tell(`${label} ${String(raw['id'])} is not in the graph`);
      continue;
    }
    nodes.delete(raw['id']);
    if (!isDeepStrictEqual(without(JSON.parse(String(node[rawProperty])) as Json), without(raw)))
      tell(`${label} ${String(raw['id'])}: ${rawProperty}`);
    for (const [name, value] of Object.entries(without(expect(raw)))) {
      const actual = plain(node[name]);
      if (!isDeepStrictEqual(actual, value ?? null)) {
        tell(
          `${label} ${String(raw['id'])}: ${name} is ${JSON.stringify(actual)}, not ${JSON.stringify(value ?? null)}`,
        );
      }
    }
    if (label === 'Group' && node['users_count'] !== usersCount)
      tell(`Group ${String(raw['id'])}: users_count`);
  }
  for (const id of nodes.keys()) tell(`${label} ${String(id)} is in the graph but not in Okta`);
}

async function compareEdges(
  db: GraphDatabase,
  domain: string,
  source: OrgTruth['edges'],
  tell: (difference: string) => void,
): Promise<void> {
  const rows = await db.read<{ group: string; members: string[] }>(
    'MATCH (u:User)-[:MEMBER_OF]->(g:Group {okta_domain: $domain}) RETURN g.id AS group, collect(u.id) AS members',
    { domain },
  );
  const edges = new Set<string>();
  for (const { group, members } of rows) {
    for (const member of members) {
      const edge = `${member} -> ${group}`;
      if (edges.has(edge)) tell(`${edge} stands twice`);
      edges.add(edge);
    }
  }
  const [undated] = await db.read<{ count: number }>(
    `MATCH (:Group {okta_domain: $domain})<-[m:MEMBER_OF]-() WHERE m.valid_from IS NULL OR m.opened_by IS NULL
     RETURN count(m) AS count`,
    { domain },
  );
  if (undated?.count) tell(`${undated.count} memberships do not tell since when they are known`);
  for await (const [user, group] of source) {
    if (!edges.delete(`${user} -> ${group}`)) tell(`${user} -> ${group} is not in the graph`);
  }
  for (const edge of edges) tell(`${edge} is in the graph but not in Okta`);
}

/** Whether a name has more than blanks and characters without width. */
function shows(name: string): boolean {
  return name.replace(/[\s\u00ad\u200b-\u200f\u2060\u2800\u3164\ufeff]/g, '') !== '';
}

function expectedUser(raw: Json): Json {
  const profile = raw['profile'] as Json;
  const field = (name: string) => string(profile[name]);
  const fullName = [field('firstName'), field('lastName')].filter(Boolean).join(' ');
  const email = profile['email'];
  return {
    email: typeof email === 'string' && email.trim() !== '' ? email.trim().toLowerCase() : null,
    display_name: [field('displayName'), fullName, field('login')].find((name) => name && shows(name)),
    first_name: field('firstName'),
    last_name: field('lastName'),
    login: field('login'),
    status: string(raw['status']),
    title: field('title'),
    department: field('department'),
    division: field('division'),
    organization: field('organization'),
    employee_number: field('employeeNumber'),
    user_type: field('userType'),
    manager: field('manager'),
    manager_id: field('managerId'),
    ...times(raw, ['created', 'activated', 'statusChanged', 'passwordChanged', 'lastLogin', 'lastUpdated']),
  };
}

function expectedGroup(raw: Json): Json {
  const profile = raw['profile'] as Json;
  return {
    name: string(profile['name']),
    description: string(profile['description']),
    type: string(raw['type']),
    ...times(raw, ['created', 'lastUpdated', 'lastMembershipUpdated']),
  };
}

function times(raw: Json, names: readonly string[]): Json {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(
    names.map((name) => [
      snake(name),
      typeof raw[name] === 'string' ? new Date(raw[name]).toISOString() : null,
    ]),
  );
}

function string(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : null;
}

/** A Neo4j DateTime as ISO 8601 in UTC. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  const isTime = typeof value === 'object' && value !== null && 'toStandardDate' in value;
  return isTime ? (value as { toStandardDate(): Date }).toStandardDate().toISOString() : value;
}
