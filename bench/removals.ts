import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { LIST_START } from '../src/activities/lists';
import type { SweepCursor } from '../src/activities/sweep';
import { ensureExploreIndexes } from '../src/graph/schema/exploreIndexes';
import type { GraphDatabase } from '../src/graph/database';
import type { Run } from '../src/graph/write/run';
import { integer } from '../src/graph/values';
import { startNeo4j } from '../src/local/neo4j';
import { canRunJava } from '../src/local/neo4jJava';
import { OrgUnderTest } from '../dev/lab/org/orgUnderTest';
import { MemoryWatch } from './support/memoryWatch';
import { RemovalMeter } from './support/removalMeter';
import { UNLIMITED } from './support/sizes';
import { number } from './support/number';

/** Rows to a transaction of what is written here. */
const ROWS = 2_000;
/** Of Okta's answer for one user, which is kept as it is. */
const RAW_CHARACTERS = 2_000;

interface Options {
  scale: number;
  limit: string;
  only?: string;
  history?: 'kept' | 'none';
}

/** One kind of removal: what the graph holds that Okta no longer has, and the activities that notice it. */
interface Case {
  title: string;
  /** Writes the nodes and relationships that are to go, and returns how many. */
  write(org: OrgUnderTest, scale: number): Promise<{ nodes: number; edges: number }>;
  /** The activities that are measured, after the lists; `removal` is the sweep once Okta has denied all of them twice. */
  step: 'members' | 'sweep' | 'removal';
}

const CASES: readonly Case[] = [
  {
    title: '50 deleted groups of 9,999 members',
    step: 'sweep',
    write: (org, scale) => writeGroups(org.db, org.sim.domain, { groups: 50, members: round(9_999 * scale) }),
  },
  {
    title: '1 deleted group of 300,000 members',
    step: 'sweep',
    write: (org, scale) =>
      writeGroups(org.db, org.sim.domain, { groups: 1, members: round(300_000 * scale) }),
  },
  {
    title: '1 group that all 300,000 members have left',
    step: 'members',
    async write(org, scale) {
      const group = [...org.sim.org.truth().groups()].at(-1)?.id ?? '';
      for (const [user, of] of [...org.sim.org.truth().edges()]) {
        if (of === group) org.sim.org.removeMembership(group, user);
      }
      const members = round(300_000 * scale);
      await writeUsers(org.db, org.sim.domain, members, 'seen');
      return { nodes: 0, edges: await writeEdges(org.db, org.sim.domain, [group], members) };
    },
  },
  {
    title: '120,000 deleted users, each in two groups',
    step: 'removal',
    async write(org, scale) {
      const groups = [...org.sim.org.truth().groups()].slice(1, 3).map(({ id }) => id);
      const users = round(120_000 * scale);
      await writeUsers(org.db, org.sim.domain, users, 'gone');
      return { nodes: users, edges: await writeEdges(org.db, org.sim.domain, groups, users) };
    },
  },
];

const round = (count: number) => Math.max(1, Math.round(count));

/** Users whom a later run has seen, so that this one does not look for them, or whom only an earlier one has. */
async function writeUsers(db: GraphDatabase, domain: string, count: number, are: 'seen' | 'gone') {
  await db.run(
    `UNWIND range(1, $count) AS i
     CALL (i) {
       CREATE (:User {okta_domain: $domain, id: '00uBench' + right('000000' + i, 7), login: 'user.' + i + '@acme.example',
         email: 'user.' + i + '@acme.example', display_name: 'User ' + i, status: 'ACTIVE', added_run: 1,
         last_seen_run: $seen, okta_raw_user_object: $raw})
     } IN TRANSACTIONS OF ${ROWS} ROWS`,
    {
      domain,
      count: integer(count),
      seen: integer(are === 'seen' ? 1_000_000 : 1),
      raw: 'x'.repeat(are === 'seen' ? 100 : RAW_CHARACTERS),
    },
  );
}

async function writeGroups(
  db: GraphDatabase,
  domain: string,
  { groups, members }: { groups: number; members: number },
): Promise<{ nodes: number; edges: number }> {
  const ids = Array.from({ length: groups }, (_, i) => `00gBench${String(i).padStart(4, '0')}`);
  await writeUsers(db, domain, members, 'seen');
  await db.run(
    `UNWIND $ids AS id
     CREATE (:Group {okta_domain: $domain, id: id, name: 'Group ' + id, type: 'OKTA_GROUP', added_run: 1, last_seen_run: 1,
       memberships_as_of: datetime() - duration('PT3H'), memberships_whole_as_of: datetime() - duration('PT3H')})`,
    { domain, ids },
  );
  return { nodes: groups, edges: await writeEdges(db, domain, ids, members) };
}

/** Each of the users written here in each of some groups. */
async function writeEdges(
  db: GraphDatabase,
  domain: string,
  groups: readonly string[],
  members: number,
): Promise<number> {
  for (const id of groups) {
    await db.run(
      `UNWIND range(1, $count) AS i
       CALL (i) {
         MATCH (g:Group {okta_domain: $domain, id: $id})
         MATCH (u:User {okta_domain: $domain, id: '00uBench' + right('000000' + i, 7)})
         CREATE (u)-[:MEMBER_OF {valid_from: datetime() - duration('P30D'), opened_by: 1}]->(g)
       } IN TRANSACTIONS OF ${ROWS} ROWS`,
      { domain, id, count: integer(members) },
    );
  }
  return groups.length * members;
}

/** Stands for two requests to Okta for each user; all have left Everyone, so that the org lists them as suspects. */
async function denyUsers({ db, sim }: OrgUnderTest, run: Run): Promise<void> {
  const parameters = { domain: sim.domain, run: integer(run.number) };
  const users = `MATCH (n:User {okta_domain: $domain}) WHERE n.id STARTS WITH '00uBench'`;
  await db.run(
    `${users} CALL (n) {
       SET n.denied_run = $run, n.denied_twice = true, n.denied_at = datetime(), n.denied_since = datetime()
     } IN TRANSACTIONS OF ${ROWS} ROWS`,
    parameters,
  );
  await db.run(
    `${users} WITH collect(n.id) AS ids MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = ids`,
    parameters,
  );
}

/** Runs one case on a Neo4j of its own, and prints its row. @returns true if all is gone that was to go. */
async function measure(of: Case, keepsHistory: boolean, { scale, limit }: Options): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'okta-graph-removals-'));
  const server = await startNeo4j({ dataDir, settings: { 'dbms.memory.transaction.total.max': limit } });
  const limits = { limits: UNLIMITED, users: 200, groups: 6, awkward: false };
  const org = await OrgUnderTest.start(limits, undefined, () => Promise.resolve(server));
  const watch = new MemoryWatch(org.db);
  try {
    await ensureExploreIndexes(org.db);
    await org.wholeRun({ keepsHistory });
    const { nodes, edges } = await of.write(org, scale);
    await org.db.run('CALL db.awaitIndexes(120)');
    const before = await contentOf(org);
    const run = await org.begin({ keepsHistory, allowDeletes: false });
    await org.attempt().call('syncUsers', run, LIST_START);
    await org.attempt().call('syncGroups', run, LIST_START);
    if (of.step === 'removal') await denyUsers(org, run);
    const meter = new RemovalMeter(org.db);
    watch.start();
    try {
      await remove(org, run, of.step, meter);
    } finally {
      await watch.stop();
    }
    const counted = await org.counted(run);
    const after = await contentOf(org);
    const left = after.doomed + Math.max(0, after.edges - (before.edges - edges));
    console.log(
      `| ${[
        of.title,
        keepsHistory ? 'kept' : 'none',
        nodes.toLocaleString('en-US'),
        edges.toLocaleString('en-US'),
        (meter.ms / 1_000).toFixed(1),
        `${meter.transactions} (${meter.tooLarge} too large)`,
        (meter.longestTransactionMs / 1_000).toFixed(1),
        watch.peakMb.toFixed(0),
        `${left}`,
        `${after.past.toLocaleString('en-US')}`,
        `${String(counted['nodes_not_removed'])}`,
      ].join(' | ')} |`,
    );
    return left === 0 && after.past === (keepsHistory ? before.edges - after.edges : 0);
  } finally {
    await org.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** As the workflow does it, chunk by chunk. */
async function remove(org: OrgUnderTest, run: Run, step: Case['step'], meter: RemovalMeter): Promise<void> {
  const attempt = () => org.attempt({ maxDeletePercent: 100, ports: { graph: meter.graph } });
  if (step === 'members') {
    while (!(await meter.watch(() => attempt().call('syncMemberships', run))).done);
  } else {
    let cursor: SweepCursor | undefined =
      step === 'removal' ? { label: 'User', after: '', step: 'remove' } : undefined;
    do cursor = await meter.watch(() => attempt().call('sweep', run, cursor));
    while (cursor);
  }
}

async function contentOf({
  db,
  sim,
}: OrgUnderTest): Promise<{ doomed: number; edges: number; past: number }> {
  const [content] = await db.read<{ doomed: number; edges: number; past: number }>(
    `RETURN COUNT { MATCH (n:User {okta_domain: $domain}) WHERE n.id STARTS WITH '00uBench' AND n.last_seen_run = 1 }
            + COUNT { MATCH (n:Group {okta_domain: $domain}) WHERE n.id STARTS WITH '00gBench' } AS doomed,
            COUNT { ()-[:MEMBER_OF]->() } AS edges, COUNT { ()-[:WAS_MEMBER_OF]->() } AS past`,
    { domain: sim.domain },
  );
  return content ?? { doomed: 0, edges: 0, past: 0 };
}

/** Each case on a fresh Neo4j with a heap of 512 MB, as only the jars can be given it. */
async function main(): Promise<void> {
  const options = new Command('removals')
    .description('Removes large parts of a graph through the activities, in a Neo4j with little memory.')
    .option('--scale <factor>', 'of the sizes', number, 1)
    .option('--limit <size>', 'memory of all transactions together', '64m')
    .option('--only <text>', 'cases whose title has it')
    .addOption(new Option('--history <what>', 'both by default').choices(['kept', 'none']))
    .parse()
    .opts<Options>();
  if (!(await canRunJava())) {
    console.error(
      'This benchmark needs Java 17 or newer and Maven: the memory of a Neo4j in a container cannot be set here.',
    );
    process.exitCode = 1;
    return;
  }
  console.log(
    '| removed | history | nodes | relationships | s | transactions | longest transaction, s | ' +
      'peak of the transactions, MB | left | past memberships | not removed |\n' +
      `|${' --- |'.repeat(2)}${' --: |'.repeat(9)}`,
  );
  for (const each of CASES.filter(({ title }) => title.includes(options.only ?? ''))) {
    for (const keepsHistory of [true, false]) {
      if (options.history !== undefined && (options.history === 'kept') !== keepsHistory) continue;
      if (!(await measure(each, keepsHistory, options))) process.exitCode = 1;
    }
  }
}

void main();
