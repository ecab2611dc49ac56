import type { SyncReport } from '../../src/contract';
import type { FaultRule } from '../../src/simulator';
import { BuiltStack, type BuiltStackOptions } from './org/builtStack';
import type { NodeProcess } from './servers/nodeProcess';

export interface ChaosOptions {
  users: number;
  groups: number;
  memberships: number;
  seed: number;
  runs: number;
  kills: number;
  latency: number;
  faults: boolean;
  outages: boolean;
  churn: boolean;
}

export interface RunResult {
  outcome: string;
  seconds: number;
  kills: number;
  calls: number;
  needed: number;
  rateLimited: number;
  differences: string[];
}

/** Everything that a network and an overloaded Okta do, each now and then. */
const FAULTS: readonly FaultRule[] = [
  { match: { probability: 0.01 }, action: { type: 'error', status: 500 } },
  { match: { probability: 0.005 }, action: { type: 'error', status: 503 } },
  { match: { probability: 0.005 }, action: { type: 'reset' } },
  { match: { probability: 0.004 }, action: { type: 'truncate' } },
  { match: { probability: 0.004 }, action: { type: 'html', status: 200 } },
  { match: { probability: 0.004 }, action: { type: 'invalidJson' } },
  { match: { probability: 0.01 }, action: { type: 'delay', delayMs: 1500 } },
  { match: { probability: 0.003, route: 'users' }, action: { type: 'repeatItem' } },
  // What passes: each was true a moment before, and is again a moment later.
  { match: { probability: 0.002 }, action: { type: 'error', status: 403, errorCode: 'E0000005' } },
  { match: { probability: 0.002 }, action: { type: 'error', status: 401, errorCode: 'E0000011' } },
  { match: { probability: 0.002 }, action: { type: 'html', status: 404 } },
  { match: { probability: 0.002 }, action: { type: 'noBody', status: 204 } },
  { match: { probability: 0.002 }, action: { type: 'noBody', status: 408 } },
  {
    match: { probability: 0.002, route: 'members' },
    action: { type: 'error', status: 404, errorCode: 'E0000007' },
  },
  {
    match: { probability: 0.05, route: 'group' },
    action: { type: 'error', status: 404, errorCode: 'E0000007' },
  },
];

/** A generator of the chaos itself: the same seed draws the same moments. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Kills the worker each time the org has answered a random number of calls, and starts another. */
async function killing(
  lab: BuiltStack,
  worker: { current: NodeProcess },
  moments: readonly number[],
  isOver: () => boolean,
): Promise<number> {
  let kills = 0;
  for (const calls of moments) {
    while (!isOver() && (await lab.org.stats()).calls < calls) await pause(5);
    if (isOver()) break;
    await worker.current.stop('SIGKILL');
    worker.current = await lab.startWorker();
    kills += 1;
  }
  return kills;
}

async function chaosRun(
  lab: BuiltStack,
  worker: { current: NodeProcess },
  options: ChaosOptions,
  random: () => number,
): Promise<RunResult> {
  await lab.org.resetStats();
  await lab.org.setFaults(options.faults ? FAULTS : []);
  const { callsNeeded } = await lab.org.counts();
  const needed = callsNeeded.total - callsNeeded.emptyGroups;
  const moments = Array.from({ length: options.kills }, () => Math.ceil(random() * needed)).sort(
    (a, b) => a - b,
  );

  const startedAt = performance.now();
  let isOver = false;
  const report = lab.sync({ mode: 'full', allowDeletes: true }).finally(() => (isOver = true));
  const outages = options.outages
    ? [lab.restartNeo4j(3000), pause(6000).then(() => lab.restartTemporal(3000))]
    : [];
  const [{ outcome }, kills] = await Promise.all([
    report,
    killing(lab, worker, moments, () => isOver),
    ...outages,
  ]);
  const seconds = (performance.now() - startedAt) / 1000;
  const { calls, rateLimited } = await lab.org.stats();
  return {
    outcome,
    seconds,
    kills,
    calls,
    needed,
    rateLimited: rateLimited.limit + rateLimited.concurrency,
    differences: await lab.differences(),
  };
}

/** A last run without faults: what was partial before must be whole now. */
async function calmRun(lab: BuiltStack): Promise<{ report: SyncReport; differences: string[] }> {
  await lab.org.setFaults([]);
  const report = await lab.sync({ mode: 'full', allowDeletes: true });
  return { report, differences: await lab.differences() };
}

/** Whether the graph equalled the org after each run that succeeded, and after a last calm one; and what the runs took. */
export async function chaos(
  options: ChaosOptions,
  print: (line: string) => void,
  servers?: BuiltStackOptions['servers'],
): Promise<{ isGood: boolean; runs: RunResult[] }> {
  const random = randomFrom(options.seed);
  const { users, groups, memberships, seed, latency } = options;
  const settings = {
    latencyMs: latency,
    latencyJitterMs: latency,
    ...(options.faults ? { maxConcurrent: 9 } : {}),
  };
  const size = { users, groups, memberships };
  const lab = await BuiltStack.start({
    size,
    seed,
    settings,
    isSmall: users < 1_000,
    ...(servers && { servers }),
  });
  const runs: RunResult[] = [];
  const worker = { current: await lab.startWorker() };
  try {
    print('run  outcome    seconds  kills  calls  needed  ratio  429s  differences');
    for (let run = 1; run <= options.runs; run += 1) {
      if (options.churn && run > 1) await lab.org.churn({ fraction: 0.02, seed: seed + run });
      const result = await chaosRun(lab, worker, options, random);
      const { outcome, seconds, kills, calls, needed, rateLimited, differences } = result;
      print(
        [
          String(run).padStart(3),
          outcome.padEnd(9),
          seconds.toFixed(1).padStart(8),
          String(kills).padStart(5),
          String(calls).padStart(5),
          String(needed).padStart(6),
          (calls / needed).toFixed(2).padStart(5),
          String(rateLimited).padStart(4),
          differences.length === 0 ? 'none' : differences.join('; '),
        ].join('  '),
      );
      runs.push(result);
    }
    const { report, differences } = await calmRun(lab);
    print(
      `calm ${report.outcome}: ${differences.length === 0 ? 'the graph equals the org' : differences.join('; ')}`,
    );
    const isGood = runs.every((run) => run.outcome !== 'succeeded' || run.differences.length === 0);
    return { isGood: isGood && report.outcome === 'succeeded' && differences.length === 0, runs };
  } finally {
    await worker.current.stop();
    if (servers) await lab.emptyGraph();
    await lab.stop();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
