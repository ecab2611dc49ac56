import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCESS_KINDS } from '../../../src/contract';
import { loadConfig, type Config } from '../../../src/config';
import { GraphDatabase } from '../../../src/graph/database';
import { ensureExploreIndexes } from '../../../src/graph/schema/exploreIndexes';
import { ensureAccessSchema } from '../../../src/graph/schema/accessSchema';
import { ensureSchema } from '../../../src/graph/schema/schema';
import { integer } from '../../../src/graph/values';
import { startNeo4j } from '../../../src/local/neo4j';
import { neo4jVariables, orgVariables } from '../environment';
import type { OrgSize } from '../org/simulatedOrg';
import { writeLargeAccess } from './largeAccess';
import { EDGES, LARGE_GRAPH_DOMAIN, writeRows } from './largeRows';

/** Users to a transaction. */
const ROWS = 2_000;
/** Of Okta's answer for one user, which is kept as it is. */
const RAW_CHARACTERS = 2_000;

/** Does some work beside a Neo4j of its own that holds a graph of a given size, planned for by its indexes. */
export async function withLargeGraph(size: OrgSize, work: (config: Config) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'okta-graph-large-'));
  const server = await startNeo4j({ dataDir, httpPort: 0 });
  try {
    const config = loadConfig({
      ...orgVariables({ domain: LARGE_GRAPH_DOMAIN, token: 'none' }),
      ...neo4jVariables(server),
    });
    const db = GraphDatabase.open(config.neo4j);
    await ensureSchema(db);
    await ensureExploreIndexes(db);
    if (size.apps) await ensureAccessSchema(db, ACCESS_KINDS);
    process.stderr.write('Writing the graph …\n');
    await writeLargeGraph(db, size);
    if (size.apps) await writeLargeAccess(db, { ...size, apps: size.apps });
    await db.run('CALL db.resampleOutdatedIndexes()');
    await db.run('CALL db.awaitIndexes(120)');
    await db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    await db.close();
    await work(config);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/**
 * Writes a graph of a given size straight into Neo4j, without a sync: Everyone with all users, then groups of which few are
 * large, a tenth as many past memberships as there are of today, reporting lines, changes, and some who are gone.
 */
async function writeLargeGraph(db: GraphDatabase, { users, groups, memberships }: OrgSize): Promise<void> {
  const domain = LARGE_GRAPH_DOMAIN;
  await db.run(
    `CREATE (:OktaOrg {domain: $domain, last_run: 5, last_full_at: datetime() - duration('PT3H')})
     WITH 1 AS _ UNWIND range(1, 5) AS number
     CREATE (:SyncRun {okta_domain: $domain, id: 'run-' + number, number: number, mode: 'full', outcome: 'succeeded',
       keeps_history: true, groups_as_of: datetime() - duration({days: 35 - 7 * number, hours: 3}), started_at: datetime() - duration({days: 35 - 7 * number, hours: 3}),
       finished_at: datetime() - duration({days: 35 - 7 * number, hours: 2})})`,
    { domain },
  );
  const range = (count: number) => ({ domain, last: integer(count - 1), raw: 'x'.repeat(RAW_CHARACTERS) });
  await db.run(
    `UNWIND range(0, $last) AS i
     CALL (i) {
       CREATE (u:User {okta_domain: $domain, id: '00u' + right('000000000' + i, 9), login: 'user.' + i + '@acme.example',
         email: CASE WHEN i % 1000 = 7 THEN 'shared.' + (i % 5000) + '@acme.example'
                     WHEN i % 200 = 3 THEN 'user.' + i + '@partner.example'
                     WHEN i % 500 <> 9 THEN 'user.' + i + '@acme.example' END,
         display_name: 'User ' + i, first_name: 'User', last_name: toString(i), title: 'Title ' + (i % 40),
         department: CASE WHEN i % 60 <> 1 THEN 'Department ' + (i % 23) END, user_type: 'Type ' + (i % 4),
         status: CASE WHEN i % 25 = 4 THEN 'DEPROVISIONED' WHEN i % 50 = 8 THEN 'SUSPENDED' WHEN i % 50 = 9 THEN 'STAGED' ELSE 'ACTIVE' END,
         manager_id: CASE WHEN i > 0 AND i % 40 <> 2 THEN '00u' + right('000000000' + ((i - 1) / 8), 9) END,
         created: datetime() - duration({days: i % 2000}), activated: datetime() - duration({days: i % 2000}),
         status_changed: datetime() - duration({days: i % 700}), password_changed: datetime() - duration({days: i % 400}),
         last_login: CASE WHEN i % 8 <> 5 THEN datetime() - duration({days: toInteger(400 * ((i % 97) / 97.0) ^ 4)}) END,
         last_updated: datetime() - duration({days: i % 300}), last_seen_run: 5, added_run: 1, okta_raw_user_object: $raw})
       FOREACH (_ IN CASE WHEN i % 20 = 6 THEN [1] ELSE [] END |
         CREATE (u)-[:CHANGED]->(:UserChange {okta_domain: $domain, run: i % 5 + 1, at: datetime() - duration({days: i % 400}),
           kind: 'changed', fields: ['department'], department_before: 'Department ' + (i % 19), department_after: u.department}))
     } IN TRANSACTIONS OF ${ROWS} ROWS`,
    range(users),
  );
  await db.run(
    `UNWIND range(0, $last) AS i
     CALL (i) {
       CREATE (:Group {okta_domain: $domain, id: '00g' + right('000000000' + i, 9),
         name: CASE WHEN i = 0 THEN 'Everyone' WHEN i % 97 = 5 THEN 'app-' + i + '-admins' ELSE 'Group ' + i END,
         type: CASE i WHEN 0 THEN 'BUILT_IN' ELSE 'OKTA_GROUP' END, created: datetime() - duration({days: 500 + i % 900}),
         last_membership_updated: datetime() - duration({days: i % 200}), users_count: 100, memberships_as_of: datetime() - duration('PT3H'),
         memberships_whole_as_of: datetime() - duration('PT3H'), last_seen_run: 5, added_run: 1, memberships_changed_run: i % 5 + 1, okta_raw_group_object: left($raw, 800)})
     } IN TRANSACTIONS OF ${ROWS} ROWS`,
    range(groups),
  );
  for (const label of ['User', 'Group']) {
    await db.run(
      `UNWIND range(0, $last) AS i
       CREATE (:Former${label} {okta_domain: $domain, id: 'former' + i, email: 'former.' + i + '@acme.example',
         display_name: 'Former ' + i, name: 'Former ' + i, removed_at: datetime() - duration({days: i % 400})})`,
      range(Math.ceil((label === 'User' ? users : groups) / 50)),
    );
  }
  await db.run(
    `MATCH (u:User {okta_domain: $domain}) WHERE u.manager_id IS NOT NULL
     CALL (u) { MATCH (m:User {okta_domain: $domain, id: u.manager_id}) CREATE (u)-[:REPORTS_TO]->(m) } IN TRANSACTIONS OF ${EDGES} ROWS`,
    { domain },
  );
  await writeRows(db, membershipsOf(users, groups, memberships), NOW);
  await writeRows(db, membershipsOf(users, groups, Math.floor(memberships / 10), 0), PAST);
}

type Pair = readonly [user: number, group: number];

const ENDS = `
  UNWIND $rows AS pair
  MATCH (u:User {okta_domain: $domain, id: '00u' + right('000000000' + toInteger(pair[0]), 9)})
  MATCH (g:Group {okta_domain: $domain, id: '00g' + right('000000000' + toInteger(pair[1]), 9)})
  WITH u, g, toInteger(pair[0] * 31 + pair[1] * 17) AS n`;

const NOW = `${ENDS}
  WITH u, g, datetime() - duration({days: CASE WHEN n % 5 = 0 THEN n % 400 ELSE 400 END}) AS at, n
  CREATE (u)-[:MEMBER_OF {valid_from: at, not_before: CASE WHEN n % 5 = 0 THEN at - duration('PT2H') END, opened_by: n % 5 + 1}]->(g)`;

const PAST = `${ENDS}
  WITH u, g, datetime() - duration({days: n % 400}) AS at, n
  CREATE (u)-[:WAS_MEMBER_OF {valid_from: at - duration({days: n % 90}), not_before: at - duration({days: n % 90, hours: 2}), opened_by: 1,
    valid_to: at, ended_after: at - duration('PT2H'), closed_by: n % 5 + 1}]->(g)`;

/** Each user once in a group: Everyone, then sizes that fall off, members at an even stride; each tenth group like the one before. */
function* membershipsOf(
  users: number,
  groups: number,
  memberships: number,
  inEveryone = users,
): Generator<Pair> {
  for (let user = 0; user < inEveryone; user++) yield [user, 0];
  let left = memberships - inEveryone;
  const weights = Array.from({ length: groups - 1 }, (_, i) => 1 / (i + 20) ** 0.7);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = left / total;
  let like: { start: number; size: number } | undefined;
  for (const [i, weight] of weights.entries()) {
    const size = Math.max(
      0,
      Math.min(users, left, i % 10 === 9 && like ? like.size : Math.round(weight * share)),
    );
    const start = i % 10 === 9 && like ? like.start : (i * 7919) % users;
    const stride = Math.max(1, Math.floor(users / Math.max(1, size)));
    for (let k = 0; k < size; k++) yield [(start + k * stride) % users, i + 1];
    left -= size;
    like = { start, size };
  }
}
