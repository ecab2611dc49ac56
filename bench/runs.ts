import type { RequestedMode } from '../src/contract';
import { BuiltStack } from '../dev/lab/org/builtStack';
import type { NodeProcess } from '../dev/lab/servers/nodeProcess';
import { MAX_GROUPS_LISTED } from '../src/graph/write/reading';
import { fetchOnly, writeOnly } from './floor';
import { measuredRun, type MeasuredRun } from './measuredRun';
import type { BenchOptions } from './options';
import { assertNone } from './support/assertNone';
import { median } from './support/median';
import { SIZES, UNLIMITED, type SizeName } from './support/sizes';
import { headerOf, lineOf, ratio, seconds, secondsOf, type Column } from './support/text';

/** Times are those of each run that was measured; the other figures are the last run's. */
export interface BenchRow extends Omit<MeasuredRun, 'wallMs' | 'reportMs'> {
  size: string;
  run: string;
  /**
   * Pages of 200 users, of 200 groups and of 1,000 members that hold what changed, and one call per deletion. A large
   * org lists only the groups that have changed, and does not notice deleted ones with them.
   */
  needed: number;
  wallMs: number[];
  reportMs: number[];
  /** The slower of only fetching and only writing; of a run without changes, only fetching. Absent where not measured. */
  floorMs?: number;
  edges: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'size', width: 6, isText: true },
  { title: 'run', width: 22, isText: true },
  { title: 'calls', width: 6 },
  { title: 'needed', width: 6 },
  { title: 'ratio', width: 5 },
  { title: 'wall s', width: 7 },
  { title: 'report s', width: 8 },
  { title: 'floor s', width: 7 },
  { title: 'ratio', width: 5 },
  { title: 'users/s', width: 7 },
  { title: 'edges/s', width: 7 },
  { title: 'cpu s', width: 5 },
  { title: 'peak MB', width: 7 },
  { title: 'Temporal', width: 8 },
];

export async function benchRuns(options: BenchOptions): Promise<BenchRow[]> {
  console.log(headerOf(COLUMNS));
  const rows: BenchRow[] = [];
  for (const size of options.size) {
    const first: MeasuredRun[] = [];
    // What a user meets who syncs for the first time: servers and a worker that have just started.
    for (let time = 1; time < options.times; time += 1) first.push(await firstRun(size, options.latency));
    const measure = size === 'huge' ? benchHuge : benchSize;
    rows.push(...(await measure(size, options, first)));
  }
  return rows;
}

/** The first sync of an org with servers and a worker of its own that have just started. */
export async function firstRun(
  size: SizeName,
  latencyMs: number,
  hasAwkwardPeople = true,
): Promise<MeasuredRun> {
  const lab = await startLab(size, latencyMs, hasAwkwardPeople);
  try {
    const worker = await lab.startWorker();
    const run = await measuredRun(lab, worker, 'full');
    await worker.stop();
    return run;
  } finally {
    await lab.stop();
  }
}

export function startLab(size: SizeName, latencyMs: number, hasAwkwardPeople = true): Promise<BuiltStack> {
  const settings = { latencyMs, limits: UNLIMITED };
  return BuiltStack.start({ size: SIZES[size], seed: 1, settings, hasAwkwardPeople });
}

async function benchSize(
  size: SizeName,
  { latency, warmUps }: BenchOptions,
  firstRuns: readonly MeasuredRun[],
): Promise<BenchRow[]> {
  return rowsOf(size, latency, async (lab, worker, add) => {
    const all = await fullNeeded(lab);
    await add('cold full, fresh Neo4j', 'full', all, { before: firstRuns });
    await lab.emptyGraph();
    await add('cold full', 'full', all, { floorMs: await coldFloor(lab, warmUps) });
    await add('unchanged incremental', 'incremental', await listsNeeded(lab));
    await add('unchanged full', 'full', await fullNeeded(lab), {
      floorMs: await fetchOnly(lab.org.domain, lab.org.token),
    });
    await add('1 % churn incremental', 'incremental', await churn(lab));
    // Large orgs list the groups that have changed, which does not show those that are deleted.
    await measuredRun(lab, worker, 'full');
    assertNone(await lab.differences());
  });
}

/** An org that is too large for the floors, and for a comparison of everything in this process: counts are compared. */
async function benchHuge(
  size: SizeName,
  { latency }: BenchOptions,
  firstRuns: readonly MeasuredRun[],
): Promise<BenchRow[]> {
  return rowsOf(size, latency, async (lab, _, add) => {
    await add('cold full, fresh Neo4j', 'full', await fullNeeded(lab), { before: firstRuns });
    await add('unchanged incremental', 'incremental', await listsNeeded(lab));
    await add('unchanged full', 'full', await fullNeeded(lab));
    const { users, groups, memberships } = await lab.org.counts();
    const [found] = await lab.db.read<Record<string, number>>(
      `MATCH (o:OktaOrg {domain: $domain})
       RETURN o.users AS users, o.groups AS groups, o.memberships AS memberships`,
      { domain: lab.domain },
    );
    if (JSON.stringify(found) !== JSON.stringify({ users, groups, memberships }))
      throw new Error(
        `The graph has ${JSON.stringify(found)}, not ${JSON.stringify({ users, groups, memberships })}`,
      );
    const { memoryMb, diskMb } = await lab.neo4jUsage();
    console.log(`  Neo4j: ${memoryMb.toFixed(0)} MB of memory at most, ${diskMb.toFixed(0)} MB on disk`);
  });
}

/** Measures runs of an org with servers and a worker of its own. */
async function rowsOf(
  size: SizeName,
  latencyMs: number,
  measure: (lab: BuiltStack, worker: NodeProcess, add: Add) => Promise<void>,
): Promise<BenchRow[]> {
  const lab = await startLab(size, latencyMs);
  const rows: BenchRow[] = [];
  try {
    const worker = await lab.startWorker();
    await measure(lab, worker, (...row) => addRow(rows, { lab, worker, size }, ...row));
    await worker.stop();
  } finally {
    await lab.stop();
  }
  return rows;
}

type Add = (run: string, mode: RequestedMode, needed: number, more?: Further) => Promise<void>;

/** Measures a run, and adds its row. */
async function addRow(
  rows: BenchRow[],
  { lab, worker, size }: { lab: BuiltStack; worker: NodeProcess; size: SizeName },
  ...[run, mode, needed, { before = [], floorMs } = {}]: Parameters<Add>
): Promise<void> {
  const last = await measuredRun(lab, worker, mode);
  const all = [...before, last];
  const row = {
    ...last,
    size,
    run,
    needed,
    wallMs: all.map(({ wallMs }) => wallMs),
    reportMs: all.map(({ reportMs }) => reportMs),
    ...(floorMs === undefined ? {} : { floorMs }),
    edges: SIZES[size].memberships,
  };
  rows.push(row);
  print(row);
}

interface Further {
  /** The same run, measured before. */
  before?: readonly MeasuredRun[];
  floorMs?: number;
}

function print(row: BenchRow): void {
  const wallMs = median(row.wallMs);
  const perSecond = (count: number) => Math.round((count / wallMs) * 1000).toString();
  const cells = [
    row.size,
    row.run,
    String(row.calls),
    String(row.needed),
    ratio(row.calls, row.needed),
    seconds(wallMs),
    seconds(median(row.reportMs)),
    row.floorMs === undefined ? '' : seconds(row.floorMs),
    row.floorMs === undefined ? '' : ratio(wallMs, row.floorMs),
    perSecond(row.users),
    row.groupsRead > 0 ? perSecond(row.edges) : '',
    row.cpuSeconds.toFixed(1),
    row.peakMb.toFixed(0),
    `${(row.temporalShare * 100).toFixed(0)} %`,
  ];
  console.log(lineOf(COLUMNS, cells));
  if (row.wallMs.length > 1)
    console.log(
      `  ${row.wallMs.length} times, median (least..greatest): wall ${secondsOf(row.wallMs)} s, report ${secondsOf(row.reportMs)} s`,
    );
}

/**
 * Both halves alone, each written into an empty graph, like the cold run after them. A JVM compiles for minutes what it
 * does often: what goes before makes it like one that has been up for days.
 */
async function coldFloor(lab: BuiltStack, warmUps: number): Promise<number> {
  let fetchMs = 0;
  let writeMs = 0;
  for (let round = 0; round <= warmUps; round += 1) {
    fetchMs = await fetchOnly(lab.org.domain, lab.org.token);
    writeMs = await writeOnly(lab.db, lab.org.domain, await lab.org.truth());
    await lab.emptyGraph();
  }
  console.log(`  only fetching ${seconds(fetchMs)} s, only writing ${seconds(writeMs)} s`);
  return Math.max(fetchMs, writeMs);
}

async function fullNeeded(lab: BuiltStack): Promise<number> {
  const { callsNeeded } = await lab.org.counts();
  return callsNeeded.total - callsNeeded.emptyGroups;
}

/** One page of users that changed, none, and the groups. */
async function listsNeeded(lab: BuiltStack): Promise<number> {
  const { groups, callsNeeded } = await lab.org.counts();
  return 1 + (groups > MAX_GROUPS_LISTED ? 1 : callsNeeded.groupPages);
}

/** Changes 1 % of the users and of the groups, and tells the calls that this makes necessary. */
async function churn(lab: BuiltStack): Promise<number> {
  const before = await membersOf(lab);
  const done = await lab.org.churn({ fraction: 0.01, seed: 3 });
  const after = await membersOf(lab);
  let memberPages = 0;
  for (const [group, members] of after) {
    if (before.get(group)?.join() !== members.join())
      memberPages += Math.max(1, Math.ceil(members.length / 1000));
  }
  const listsAll = after.size <= MAX_GROUPS_LISTED;
  return (
    Math.max(1, Math.ceil(done.usersChanged / 200)) +
    (listsAll ? Math.ceil(after.size / 200) + done.groupsDeleted : 1) +
    memberPages +
    done.usersDeleted
  );
}

async function membersOf(lab: BuiltStack): Promise<Map<string, string[]>> {
  const { groups, edges } = await lab.org.truth();
  const members = new Map<string, string[]>();
  for await (const { id } of groups) members.set(String(id), []);
  for await (const [user, group] of edges) members.get(group)?.push(user);
  for (const ids of members.values()) ids.sort();
  return members;
}
