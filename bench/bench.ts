import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { RequestedMode } from '../src/contract';
import { barChart } from './chart';
import { fetchOnly, writeOnly } from './floor';
import { temporalShare } from './history';
import { BuiltStack } from '../dev/lab/org/builtStack';
import { SIZES, UNLIMITED, type SizeName } from './support/sizes';
import { reportOf } from '../dev/lab/org/report';
import { number } from './support/number';

export interface BenchRow {
  size: string;
  run: string;
  calls: number;
  /** Pages of 200 users, of 200 groups and of 1,000 members that hold what changed, and one call per deletion. */
  needed: number;
  wallMs: number;
  /** The slower of only fetching and only writing; absent where that was not measured. */
  floorMs?: number;
  users: number;
  edges: number;
  cpuSeconds: number;
  peakMb: number;
  temporalShare: number;
}

interface Options {
  size: SizeName[];
  latency: number;
  warmUps: number;
  limited: boolean;
  json?: string;
  svg?: string;
}

async function benchSize(
  size: SizeName,
  { latency: latencyMs, warmUps }: Options,
  print: (row: BenchRow) => void,
): Promise<BenchRow[]> {
  const lab = await BuiltStack.start({
    size: SIZES[size],
    seed: 1,
    settings: { latencyMs, limits: UNLIMITED },
  });
  const rows: BenchRow[] = [];
  try {
    const worker = await lab.startWorker();
    const measure = async (run: string, mode: RequestedMode, needed: number, floorMs?: number) => {
      await lab.org.resetStats();
      const before = worker.usage().cpuSeconds;
      const handle = await lab.begin({ mode, allowDeletes: true });
      const report = await reportOf(handle);
      if (report.outcome !== 'succeeded') throw new Error(JSON.stringify(report));
      const { cpuSeconds, peakMb } = worker.usage();
      const { calls } = await lab.org.stats();
      rows.push({
        size,
        run,
        calls,
        needed,
        wallMs: report.durationMs,
        ...(floorMs === undefined ? {} : { floorMs }),
        users: report.users.seen,
        edges: SIZES[size].memberships,
        cpuSeconds: cpuSeconds - before,
        peakMb,
        temporalShare: await temporalShare(handle),
      });
      print(rows.at(-1) as BenchRow);
    };
    const all = await fullNeeded(lab);
    await measure('cold full, fresh Neo4j', 'full', all);
    await lab.emptyGraph();
    await measure('cold full', 'full', all, await coldFloor(lab, warmUps));
    await measure('unchanged incremental', 'incremental', await listsNeeded(lab));
    await measure('1 % churn incremental', 'incremental', await churn(lab));
    await measure(
      'unchanged full',
      'full',
      await fullNeeded(lab),
      await fetchOnly(lab.org.domain, lab.org.token),
    );
    const found = await lab.differences();
    if (found.length > 0) throw new Error(`The graph is not the org: ${found.join('; ')}`);
    await worker.stop();
  } finally {
    await lab.stop();
  }
  return rows;
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
  console.log(
    `  only fetching ${(fetchMs / 1000).toFixed(1)} s, only writing ${(writeMs / 1000).toFixed(1)} s`,
  );
  return Math.max(fetchMs, writeMs);
}

async function fullNeeded(lab: BuiltStack): Promise<number> {
  const { callsNeeded } = await lab.org.counts();
  return callsNeeded.total - callsNeeded.emptyGroups;
}

/** One page of users that changed, none, and the groups. */
async function listsNeeded(lab: BuiltStack): Promise<number> {
  return 1 + (await lab.org.counts()).callsNeeded.groupPages;
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
  const groupPages = Math.ceil(after.size / 200);
  return (
    Math.max(1, Math.ceil(done.usersChanged / 200)) +
    groupPages +
    memberPages +
    done.usersDeleted +
    done.groupsDeleted
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

/** A cold run under Workforce-like limits: what the buckets alone dictate, and our time over it. */
async function limited(print: (line: string) => void): Promise<void> {
  const size = { users: 6_000, groups: 700, memberships: 40_000 };
  const limits = { users: 300, groups: 250, group: 500, user: 1000 };
  const lab = await BuiltStack.start({ size, seed: 1, settings: { latencyMs: 20, limits } });
  const worker = await lab.startWorker();
  try {
    const { callsNeeded } = await lab.org.counts();
    const calls = callsNeeded.groupPages + callsNeeded.memberPages - callsNeeded.emptyGroups;
    const report = await lab.sync({ mode: 'full' });
    const { rateLimited } = await lab.org.stats();
    const dictatedMs = Math.floor((calls - 1) / limits.groups) * 60_000;
    print(
      `limited  ${calls} calls of a bucket of ${limits.groups} a minute: ${seconds(report.durationMs)} s, ` +
        `the buckets dictate ${seconds(dictatedMs)} s, ratio ${(report.durationMs / dictatedMs).toFixed(2)}, ` +
        `${rateLimited.limit + rateLimited.concurrency} 429s, outcome ${report.outcome}`,
    );
  } finally {
    await worker.stop();
    await lab.stop();
  }
}

const HEADER =
  'size    run                      calls  needed  ratio   wall s  floor s  ratio  users/s  edges/s  cpu s  peak MB  Temporal';

function text(row: BenchRow): string {
  const perSecond = (count: number) => Math.round((count / row.wallMs) * 1000).toString();
  return [
    row.size.padEnd(6),
    row.run.padEnd(22),
    String(row.calls).padStart(6),
    String(row.needed).padStart(6),
    (row.calls / row.needed).toFixed(2).padStart(5),
    seconds(row.wallMs).padStart(7),
    (row.floorMs === undefined ? '' : seconds(row.floorMs)).padStart(7),
    (row.floorMs === undefined ? '' : (row.wallMs / row.floorMs).toFixed(2)).padStart(5),
    perSecond(row.users).padStart(7),
    perSecond(row.edges).padStart(7),
    row.cpuSeconds.toFixed(1).padStart(5),
    row.peakMb.toFixed(0).padStart(7),
    `${(row.temporalShare * 100).toFixed(0)} %`.padStart(8),
  ].join('  ');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

async function main(): Promise<void> {
  const options = new Command('bench')
    .description('Measures syncs of simulated orgs against what is needed. Needs npm run build.')
    .option('--size <names...>', `of ${Object.keys(SIZES).join(', ')}`, ['small', 'medium'])
    .option('--latency <ms>', 'time to the first byte of an answer', number, 20)
    .option('--warm-ups <count>', 'writes of the whole org before those measured', number, 4)
    .option('--limited', 'a run under rate limits instead; takes minutes', false)
    .option('--json <file>', 'keep the rows')
    .option('--svg <file>', 'draw them')
    .parse()
    .opts<Options>();
  if (options.limited) return limited(console.log);
  console.log(HEADER);
  const rows: BenchRow[] = [];
  for (const size of options.size)
    rows.push(...(await benchSize(size, options, (row) => console.log(text(row)))));
  if (options.json) await writeFile(options.json, `${JSON.stringify(rows, null, 2)}\n`);
  if (options.svg) await writeFile(options.svg, barChart(rows, options.latency));
}

if (require.main === module) void main();
