import { ACCESS_KINDS } from '../../../src/contract';
import type { GraphDatabase } from '../../../src/graph/database';
import { PAST_ACCESS } from '../../../src/graph/schema/accessSchema';
import { STEPS } from '../../../src/graph/write/access/attempt';
import { LARGE_GRAPH_DOMAIN as domain, writeRows, idOf } from './largeRows';

const ROLES = 60;
/** The others are custom roles. */
const STANDARD_ROLES = [
  'SUPER_ADMIN',
  'ORG_ADMIN',
  'APP_ADMIN',
  'USER_ADMIN',
  'HELP_DESK_ADMIN',
  'READ_ONLY_ADMIN',
];
/** Apps that a user is assigned to directly, on average. */
const DIRECT_APPS = 2;
/** Of the direct assignments there are, and of apps. */
const ENDED_SHARE = 0.1;
const FORMER_APPS_SHARE = 0.02;

interface AccessSize {
  users: number;
  groups: number;
  apps: number;
}

/** An edge to write; `n` varies its times. */
interface EdgeRow {
  from: string;
  to: string;
  n: number;
  properties: Record<string, unknown>;
}

/**
 * Writes apps, half as many group rules, and admin roles into a graph with users and groups, as runs that have read all of
 * them would: most apps through one to three groups, one in a hundred through Everyone, one in forty without users, direct
 * assignments that fall off from app to app, a tenth as many past ones, and former apps.
 */
export async function writeLargeAccess(db: GraphDatabase, size: AccessSize): Promise<void> {
  const { apps } = size;
  const former = Math.ceil(apps * FORMER_APPS_SHARE);
  await db.run(
    `MATCH (o:OktaOrg {domain: $domain}) SET o.access_run = 5
     WITH o MATCH (r:SyncRun {okta_domain: $domain}) SET r.access = $kinds, r.access_steps = $steps`,
    { domain, kinds: ACCESS_KINDS, steps: STEPS },
  );
  await writeRows(
    db,
    numbers(apps + former).map((i) => ({ id: idOf('0oa', i), n: i, isFormer: i >= apps })),
    APPS,
  );
  await writeRows(db, appUsers(size, DIRECT_APPS), present('User', 'ASSIGNED_TO', 'App'));
  await writeRows(db, appUsers(size, DIRECT_APPS * ENDED_SHARE, 3), past('User', 'ASSIGNED_TO', 'App'));
  await writeRows(db, appGroups(size, 0, apps), present('Group', 'ASSIGNED_TO', 'App'));
  await writeRows(db, appGroups(size, apps, apps + former), past('Group', 'ASSIGNED_TO', 'FormerApp'));
  await db.run(APPS_OF_GROUPS, { domain });

  const roleId = (i: number) => STANDARD_ROLES[i] ?? idOf('cr0', i);
  await writeRows(
    db,
    numbers(ROLES).map((i) => ({ id: roleId(i), type: STANDARD_ROLES[i] ?? 'CUSTOM', label: `Role ${i}` })),
    'UNWIND $rows AS row CREATE (:AdminRole {okta_domain: $domain, id: row.id, type: row.type, label: row.label})',
  );
  const given = (count: number, from: (i: number) => string): EdgeRow[] =>
    numbers(count).map((i) => ({
      from: from(i),
      to: roleId(i % ROLES),
      n: i,
      properties: {
        assignment_id: `ra${i}`,
        status: 'ACTIVE',
        resource_set: STANDARD_ROLES[i % ROLES] ? null : `set${i % 7}`,
      },
    }));
  const { users, groups } = size;
  const admins = Math.ceil(users / 500);
  await writeRows(
    db,
    given(admins, (i) => userId(size, i * 499)),
    present('User', 'HAS_ROLE', 'AdminRole'),
  );
  await writeRows(
    db,
    given(Math.ceil(admins / 2), (i) => userId(size, i * 751)),
    past('User', 'HAS_ROLE', 'AdminRole'),
  );
  await writeRows(
    db,
    given(ROLES / 2, (i) => idOf('00g', groups - 1 - i * 31)),
    present('Group', 'HAS_ROLE', 'AdminRole'),
  );
  await db.run(ROLES_OF_OWNERS, { domain });

  await writeRows(db, rules(size), RULES);
}

const APPS = `
  UNWIND $rows AS row
  WITH row, toInteger(row.n) AS i
  CREATE (a {okta_domain: $domain, id: row.id, label: 'App ' + i, name: 'app_' + (i % 300), status: CASE WHEN i % 25 = 3 THEN 'INACTIVE' ELSE 'ACTIVE' END,
    sign_on_mode: CASE WHEN i % 3 = 0 THEN 'OPENID_CONNECT' ELSE 'SAML_2_0' END, created: datetime() - duration({days: 500 + i % 900}),
    last_updated: datetime() - duration({days: i % 500}), added_run: 1, last_seen_run: 5, users_read_run: 5, users_as_of: datetime() - duration('PT3H')})
  FOREACH (_ IN CASE WHEN row.isFormer THEN [1] ELSE [] END |
    SET a:FormerApp, a.last_seen_run = 3, a.removed_run = 4, a.removed_at = datetime() - duration({days: i % 400}))
  FOREACH (_ IN CASE WHEN row.isFormer THEN [] ELSE [1] END | SET a:App)`;

type Owner = 'User' | 'Group';
type Edge = keyof typeof PAST_ACCESS;

const ends = (owner: Owner, target: string) => `
  UNWIND $rows AS row
  MATCH (o:${owner} {okta_domain: $domain, id: row.from})
  MATCH (t:${target} {okta_domain: $domain, id: row.to})
  WITH o, t, row, toInteger(row.n) AS n`;

/** Cypher: one in five edges began after the first run, a week before the next. */
const present = (owner: Owner, type: Edge, target: string) => `${ends(owner, target)}
  WITH o, t, row, CASE WHEN n % 5 = 0 THEN 2 + n / 5 % 4 ELSE 1 END AS run
  WITH o, t, row, run, datetime() - duration({days: 35 - 7 * run, hours: 3}) AS at
  CREATE (o)-[e:${type}]->(t)
  SET e = row.properties, e.valid_from = at, e.not_before = CASE WHEN run > 1 THEN at - duration('P7D') END, e.opened_by = run`;

const past = (owner: Owner, type: Edge, target: string) => `${ends(owner, target)}
  WITH o, t, row, n, datetime() - duration({days: n % 400}) AS at
  CREATE (o)-[e:${PAST_ACCESS[type]}]->(t)
  SET e = row.properties, e.valid_from = at - duration({days: n % 90}), e.opened_by = 1, e.valid_to = at,
      e.ended_after = at - duration('PT2H'), e.closed_by = 2 + n % 4`;

const APPS_OF_GROUPS = `
  MATCH (g:Group {okta_domain: $domain})
  SET g.apps_count = COUNT { (g)-[:ASSIGNED_TO]->() }, g.apps_count_read = g.apps_count, g.apps_read_run = 5, g.has_admin_privilege = false,
      g.apps_as_of = CASE WHEN g.apps_count > 0 THEN datetime() - duration('PT3H') END`;

const ROLES_OF_OWNERS = `
  MATCH (:AdminRole {okta_domain: $domain})<-[:HAS_ROLE]-(o)
  WITH DISTINCT o SET o.roles_as_of = datetime() - duration('PT3H'), o.roles_read_run = 5
  FOREACH (_ IN CASE WHEN o:Group THEN [1] ELSE [] END | SET o.has_admin_privilege = true)
  FOREACH (_ IN CASE WHEN o:User THEN [1] ELSE [] END | SET o.admin_listed_run = 5)`;

const RULES = `
  UNWIND $rows AS row
  CREATE (n:GroupRule {okta_domain: $domain, id: row.id, name: row.name, status: row.status, expression: row.expression, added_run: 1, last_seen_run: 5,
    excluded_users: row.excludedUsers, excluded_groups: row.excludedGroups, created: datetime() - duration('P900D'), last_updated: datetime() - duration('P90D')})
  WITH n, row UNWIND row.groups AS id
  MATCH (g:Group {okta_domain: $domain, id: id})
  CREATE (n)-[:ADDS_TO]->(g)`;

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The id of a user who has access: deactivated users, one in 25, have no direct assignments. */
function userId({ users }: AccessSize, i: number): string {
  const index = i % users;
  return idOf('00u', index % 25 === 4 ? index + 1 : index);
}

const isWithoutUsers = (app: number) => app % 40 === 11;

/** Yields direct assignments, at most `perUser` on average, each app with users at an even stride. */
function* appUsers(size: AccessSize, perUser: number, shift = 0): Generator<EdgeRow> {
  const { users, apps } = size;
  const weights = numbers(apps).map((i) => 1 / (i + 3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [app, weight] of weights.entries()) {
    if (isWithoutUsers(app)) continue;
    const count = Math.min(Math.floor(users / 2), Math.round((perUser * users * weight) / total));
    const stride = Math.floor(users / Math.max(1, count));
    for (let k = 0; k < count; k++)
      yield {
        from: userId(size, app * 7919 + k * stride + shift),
        to: idOf('0oa', app),
        n: app + k,
        properties: {},
      };
  }
}

/** Yields the assignments of groups to the apps of a range. */
function* appGroups({ groups }: AccessSize, first: number, end: number): Generator<EdgeRow> {
  for (let app = first; app < end; app++) {
    if (isWithoutUsers(app)) continue;
    const some = numbers(1 + (app % 3)).map((k) => 1 + ((app * 7919 + k * 3571) % (groups - 1)));
    for (const group of app % 100 === 7 ? [0] : new Set(some))
      yield { from: idOf('00g', group), to: idOf('0oa', app), n: app + group, properties: {} };
  }
}

/** Returns rules for one to three groups each. */
function rules({ users, groups, apps }: AccessSize): unknown[] {
  return numbers(Math.ceil(apps / 2)).map((i) => ({
    id: idOf('0pr', i),
    name: `Rule ${i}`,
    status: i % 40 === 6 ? 'INVALID' : i % 12 === 4 ? 'INACTIVE' : 'ACTIVE',
    expression: `user.department=="Department ${i % 23}" AND user.userType=="Type ${i % 4}"`,
    excludedUsers: numbers(i % 3).map((k) => idOf('00u', (i * 101 + k) % users)),
    excludedGroups: i % 7 === 2 ? [idOf('00g', 1 + ((i * 53) % (groups - 1)))] : [],
    groups: numbers(1 + (i % 3)).map((k) => idOf('00g', 1 + ((i * 641 + k * 97) % (groups - 1)))),
  }));
}
