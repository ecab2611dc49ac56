import type { SyncReport } from '../../src/contract';
import type { ChurnPlan, FaultRule } from '../../src/simulator';
import { accessDifferences } from './graph/accessComparison';
import { edgesOf, everIn, nodesOf } from './graph/heldAccess';
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
  /** Apps, rules, assignments and roles, present or past, that the graph holds and that the org never had. */
  invented: string[];
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
  ...(['groupApps', 'appUsers', 'userRoles', 'groupRoles'] as const).map((route): FaultRule => ({
    match: { probability: 0.01, route },
    action: { type: 'error', status: 404, errorCode: 'E0000007' },
  })),
  ...(['app', 'rule'] as const).map((route): FaultRule => ({
    match: { probability: 0.05, route },
    action: { type: 'error', status: 404, errorCode: 'E0000007' },
  })),
];

/** Changes of apps, admin roles and group rules, of which an org has few: a fraction of them would be none. */
const ACCESS_CHURN: ChurnPlan = {
  addApps: 1,
  renameApps: 2,
  deactivateApps: 1,
  deleteApps: 1,
  assignAppGroups: 3,
  unassignAppGroups: 2,
  addRules: 1,
  changeRules: 2,
  invalidateRules: 1,
  deleteRules: 1,
  grantRoles: 3,
  revokeRoles: 2,
};

/** Apps, rules, assignments and roles that the org has had after any of its changes. */
interface EverHeld {
  nodes: Set<string>;
  edges: Set<string>;
}

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
  held: EverHeld,
): Promise<RunResult> {
  await lab.org.resetStats();
  await lab.org.setFaults(options.faults ? FAULTS : []);
  const { callsNeeded } = await lab.org.counts();
  const needed = callsNeeded.total - callsNeeded.emptyGroups + callsNeeded.access;
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
    differences: await allDifferences(lab),
    invented: await inventedBy(lab, held),
  };
}

/** Where users, groups, memberships, apps, admin roles and group rules of the graph are not those of the org. */
async function allDifferences(lab: BuiltStack): Promise<string[]> {
  const [truth, access] = await Promise.all([lab.org.truth(), lab.org.accessTruth()]);
  const groupIds = new Set<unknown>();
  for await (const { id } of truth.groups) groupIds.add(id);
  return [...(await lab.differences()), ...(await accessDifferences(lab.db, lab.domain, access, groupIds))];
}

/** Adds what the org has now. */
async function noteHeld({ org }: BuiltStack, { nodes, edges }: EverHeld): Promise<void> {
  const access = await org.accessTruth();
  for (const id of nodesOf(access)) nodes.add(id);
  for (const line of edgesOf(access)) edges.add(line);
}

async function inventedBy({ db, domain }: BuiltStack, held: EverHeld): Promise<string[]> {
  const { nodes, edges } = await everIn(db, domain);
  return [...nodes.filter((id) => !held.nodes.has(id)), ...edges.filter((line) => !held.edges.has(line))];
}

/** A last run without faults: what was partial before must be whole now. */
async function calmRun(lab: BuiltStack): Promise<{ report: SyncReport; differences: string[] }> {
  await lab.org.setFaults([]);
  const report = await lab.sync({ mode: 'full', allowDeletes: true });
  return { report, differences: await allDifferences(lab) };
}

/**
 * Returns whether the graph equaled the org after each run that succeeded and after a last calm one, and never held an
 * app, rule, assignment or role that the org never had; and what the runs took.
 */
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
    environment: { SYNC_ACCESS: 'rules,apps,roles' },
    ...(servers && { servers }),
  });
  const runs: RunResult[] = [];
  const held: EverHeld = { nodes: new Set(), edges: new Set() };
  const worker = { current: await lab.startWorker() };
  try {
    print('run  outcome    seconds  kills  calls  needed  ratio  429s  differences');
    for (let run = 1; run <= options.runs; run += 1) {
      if (options.churn && run > 1)
        await lab.org.churn({ ...ACCESS_CHURN, fraction: 0.02, seed: seed + run });
      await noteHeld(lab, held);
      const result = await chaosRun(lab, worker, options, random, held);
      const { outcome, seconds, kills, calls, needed, rateLimited, invented, differences } = result;
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
          [...invented.map((what) => `never in Okta: ${what}`), ...differences].join('; ') || 'none',
        ].join('  '),
      );
      runs.push(result);
    }
    const { report, differences } = await calmRun(lab);
    print(
      `calm ${report.outcome}: ${differences.length === 0 ? 'the graph equals the org' : differences.join('; ')}`,
    );
    const isGood = runs.every(
      ({ outcome, differences, invented }) =>
        (outcome !== 'succeeded' || differences.length === 0) && invented.length === 0,
    );
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
