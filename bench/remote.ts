import { startRemoteNeo4j, type RemoteNeo4j } from '../dev/lab/servers/remoteNeo4j';
import type { BoltCounts } from '../dev/lab/servers/boltCounts';
import type { BuiltStack } from '../dev/lab/org/builtStack';
import { measuredRun, type MeasuredRun } from './measuredRun';
import type { BenchOptions } from './options';
import { startLab } from './runs';
import { median } from './support/median';
import { SIZES, type SizeName } from './support/sizes';
import { headerOf, lineOf, ratio, secondsOf, type Column } from './support/text';

/** In the order in which they are made. */
const RUNS = {
  'cold full': 'full',
  'unchanged incremental': 'incremental',
  'unchanged full': 'full',
} as const;

type Run = keyof typeof RUNS;

/** A run of a worker next to Neo4j, and of one far away. */
export interface RemoteRow {
  size: string;
  run: string;
  roundTripMs: number;
  direct: MeasuredRun[];
  remote: MeasuredRun[];
  /** What the worker far away sent, in each of its runs, counted at the proxy between it and Neo4j. */
  counts: BoltCounts[];
  groups: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'size', width: 6, isText: true },
  { title: 'run', width: 21, isText: true },
  { title: 'direct s', width: 18 },
  { title: 'remote s', width: 18 },
  { title: 'ratio', width: 5 },
  { title: 'transactions', width: 12 },
  { title: '/group', width: 6 },
  { title: '/page', width: 6 },
  { title: 'round trips', width: 11 },
  { title: '/group', width: 6 },
  { title: '/page', width: 6 },
];

/**
 * The same runs with a Neo4j next to the worker and with one that is far away, in turn on the same servers, so that a
 * server that gets faster meanwhile is so for both.
 */
export async function benchRemote(options: BenchOptions): Promise<RemoteRow[]> {
  console.log(
    `Neo4j ${options.remoteMs} ms a round trip away, compared with one next to the worker. A page is a call to Okta.`,
  );
  console.log(headerOf(COLUMNS));
  const rows: RemoteRow[] = [];
  for (const size of options.size) rows.push(...(await benchSize(size, options)));
  return rows;
}

async function benchSize(
  size: SizeName,
  { latency, warmUps, times, remoteMs }: BenchOptions,
): Promise<RemoteRow[]> {
  const lab = await startLab(size, latency);
  const remote = await startRemoteNeo4j(lab.neo4jServer, remoteMs);
  const rows = Object.keys(RUNS).map((run): RemoteRow => {
    const { groups } = SIZES[size];
    return { size, run, roundTripMs: remoteMs, direct: [], remote: [], counts: [], groups };
  });
  try {
    for (let round = -warmUps; round < 0; round += 1) await runAll(lab);
    for (let round = 0; round < times; round += 1) {
      // Neither side is always the first of the two.
      for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
        const results = await runAll(lab, side === 'remote' ? remote : undefined);
        for (const [index, { run, counts }] of results.entries()) {
          rows[index]?.[side].push(run);
          if (side === 'remote') rows[index]?.counts.push(counts);
        }
      }
    }
    const found = await lab.differences();
    if (found.length > 0) throw new Error(`The graph is not the org: ${found.join('; ')}`);
    for (const row of rows) print(row);
    console.log(`  each direction was delayed by ${remote.meanDelayMs().toFixed(1)} ms on average`);
  } finally {
    await remote.stop();
    await lab.stop();
  }
  return rows;
}

const SIDES = ['direct', 'remote'] as const;

/** All runs, on an empty graph, of a worker of its own. */
async function runAll(
  lab: BuiltStack,
  remote?: RemoteNeo4j,
): Promise<{ run: MeasuredRun; counts: BoltCounts }[]> {
  await lab.emptyGraph();
  const worker = await lab.startWorker(remote ? { NEO4J_URI: remote.uri } : {});
  const results = [];
  for (const name of Object.keys(RUNS) as Run[]) {
    remote?.counter.take();
    const run = await measuredRun(lab, worker, RUNS[name]);
    results.push({ run, counts: remote?.counter.take() ?? { transactions: 0, roundTrips: 0, requests: {} } });
  }
  await worker.stop();
  return results;
}

function print({ size, run, direct, remote, counts, groups }: RemoteRow): void {
  const wallsOf = (runs: readonly MeasuredRun[]) => runs.map(({ wallMs }) => wallMs);
  const pages = median(remote.map(({ calls }) => calls));
  const transactions = median(counts.map((each) => each.transactions));
  const roundTrips = median(counts.map((each) => each.roundTrips));
  const cells = [
    size,
    run,
    secondsOf(wallsOf(direct)),
    secondsOf(wallsOf(remote)),
    ratio(median(wallsOf(remote)), median(wallsOf(direct))),
    ...[transactions, roundTrips].flatMap((count) => [
      String(count),
      ratio(count, groups),
      ratio(count, pages),
    ]),
  ];
  console.log(lineOf(COLUMNS, cells));
}
