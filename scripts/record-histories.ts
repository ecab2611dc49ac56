import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { temporal as protocol } from '@temporalio/proto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { version } from '../package.json';
import { loadConfig, type Config } from '../src/config';
import {
  PING_SIGNAL,
  SYNC_WORKFLOW_TYPE,
  WATCH_QUERY,
  WATCH_WORKFLOW_TYPE,
  type SyncOutcome,
  type SyncRequest,
  type WatchRequest,
  type WatchView,
} from '../src/contract';
import { GraphDatabase } from '../src/graph/database';
import { lastReports } from '../src/graph/read/reports';
import { startNeo4j, type Neo4jServer } from '../src/local/neo4j';
import { startTemporal } from '../src/local/temporal';
import { startSimulator, type Simulator } from '../src/simulator';
import { startWorker } from '../src/worker';
import { neo4jVariables, orgVariables, temporalVariables } from '../dev/lab/environment';
import { startHintingServer } from '../dev/lab/servers/hintingServer';
import { scrubbed } from '../dev/lab/scrubbed';
import { until } from '../dev/lab/until';

/**
 * Records how runs of this version look to Temporal, into `test/histories/<version>-<name>.json`: later versions MUST
 * replay them. Run it for each version that changes the workflow; keep the files of the earlier ones. With arguments, it
 * records only the runs of those names.
 */
async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(join(tmpdir(), 'okta-graph-histories-'));
  const neo4j = await startNeo4j({ dataDir: join(folder, 'neo4j') });
  const temporal = await startTemporal({ dataDir: join(folder, 'temporal'), persistent: false });
  const hinting = await startHintingServer(FEW_EVENTS);
  const sim = await startSimulator({ users: 60, groups: 6, epochMs: Date.UTC(2026, 10, 24) });
  try {
    const names = process.argv.slice(2);
    for (const recording of RECORDINGS.filter(({ name }) => names.length === 0 || names.includes(name))) {
      const { address } = recording.onHintingServer ? hinting : temporal;
      await record(recording, address, sim, neo4j);
    }
    if (names.length === 0 || names.includes(WATCH)) await recordWatch(temporal.address, sim, neo4j);
  } finally {
    await Promise.all([sim.close(), hinting.stop(), temporal.stop(), neo4j.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Recording {
  name: string;
  /** How the run MUST end, or the recording is not what its name says. */
  outcome: SyncOutcome;
  token?: string;
  /** Value of `SYNC_ACCESS`. */
  access?: string;
  prepare?: (sim: Simulator) => void;
  steer?: (sync: WorkflowHandle, sim: Simulator) => Promise<unknown>;
  onHintingServer?: true;
  /** True if the end of the run is announced, to nobody. */
  notifies?: true;
  /** What the run is asked for; by default to read everything. */
  request?: (sim: Simulator) => SyncRequest;
}

/** Passed before the memberships begin, so that the workflow continues as new there. */
const FEW_EVENTS = 15;

const RECORDINGS: readonly Recording[] = [
  { name: 'succeeded', outcome: 'succeeded' },
  { name: 'failed', outcome: 'failed', token: '00WrongToken' },
  {
    name: 'partial',
    outcome: 'partial',
    prepare: ({ faults }) =>
      faults.set([{ match: { route: 'members', nth: 1 }, action: { type: 'error', status: 403 } }]),
  },
  {
    name: 'cancelled',
    outcome: 'cancelled',
    prepare: ({ faults }) =>
      faults.set([{ match: { route: 'members' }, action: { type: 'delay', delayMs: 5_000 } }]),
    steer: async (sync, { stats }) => {
      while (!stats.snapshot().byRoute.members) await sleep(50);
      await sync.cancel();
    },
  },
  { name: 'continued-as-new', outcome: 'succeeded', onHintingServer: true },
  { name: 'notified', outcome: 'succeeded', notifies: true },
  { name: 'access', outcome: 'succeeded', access: 'rules,apps,roles' },
  {
    name: 'touched',
    outcome: 'succeeded',
    request: ({ org }) => {
      const truth = org.truth();
      const ids = (of: Iterable<{ id: string }>) => [...of].slice(0, 2).map(({ id }) => id);
      return { mode: 'touched', touched: { users: ids(truth.users()), groups: ids(truth.groups()) } };
    },
  },
];

/** Where nobody listens. What becomes of a notification is no part of the history of its run. */
const NOBODY = 'http://127.0.0.1:9/';

/** The name of the recording of a watch, which follows the log through several runs and does not end by itself. */
const WATCH = 'watch';

async function record(
  { name, outcome, token, access, notifies, prepare, steer, request }: Recording,
  address: string,
  sim: Simulator,
  neo4j: Neo4jServer,
): Promise<void> {
  const config = loadConfig({
    ...orgVariables({ domain: sim.domain, token: token ?? sim.token }),
    ...temporalVariables({ address }),
    ...neo4jVariables(neo4j),
    ...(access !== undefined && { SYNC_ACCESS: access }),
    ...(notifies && { NOTIFY_URL: NOBODY, NOTIFY_FORMAT: 'slack' }),
  });
  sim.faults.clear();
  sim.stats.reset();
  prepare?.(sim);
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  const worker = await startWorker(config);
  try {
    const sync = await workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${name}`,
      taskQueue: config.temporal.taskQueue,
      args: [request?.(sim) ?? { mode: 'full' }],
    });
    await steer?.(sync, sim);
    await sync.result().catch(() => undefined);
    await assertEnded(config, sync, outcome);
    const { runId } = await sync.describe();
    await save(name, workflow.getHandle(sync.workflowId, sync.firstExecutionRunId));
    if (runId !== sync.firstExecutionRunId)
      await save(`${name}-end`, workflow.getHandle(sync.workflowId, runId));
  } finally {
    await worker.stop();
    await connection.close();
  }
}

/** Records a watch that has a user read, starts an incremental run after an import, is pinged and continues as new. */
async function recordWatch(address: string, sim: Simulator, neo4j: Neo4jServer): Promise<void> {
  const config = loadConfig({
    ...orgVariables(sim),
    ...temporalVariables({ address }),
    ...neo4jVariables(neo4j),
    WATCH_INTERVAL: '10s',
  });
  sim.faults.clear();
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  const worker = await startWorker(config);
  const { taskQueue } = config.temporal;
  try {
    const sync = { workflowId: 'okta-sync/before', taskQueue, args: [{ mode: 'full' }] };
    await workflow.execute(SYNC_WORKFLOW_TYPE, sync);
    const request: WatchRequest = { domain: sim.domain, intervalMs: 500, turns: 3 };
    const watch = await workflow.start(WATCH_WORKFLOW_TYPE, {
      workflowId: `okta-watch/${WATCH}`,
      taskQueue,
      args: [request],
    });
    const [user] = sim.org.truth().users();
    const changes = [
      () => sim.org.renameUser(user?.id ?? ''),
      () => sim.org.import({ addUsers: 2 }),
      () => sim.org.addGroup(),
    ];
    for (const change of changes) {
      change();
      const since = Date.now();
      await watch.signal(PING_SIGNAL);
      await until(async () => ((await watch.query<WatchView>(WATCH_QUERY)).freshMs ?? 0) >= since, 120_000);
    }
    await watch.terminate();
    await save(WATCH, workflow.getHandle(watch.workflowId, watch.firstExecutionRunId));
  } finally {
    await worker.stop();
    await connection.close();
  }
}

async function assertEnded(config: Config, sync: WorkflowHandle, outcome: SyncOutcome): Promise<void> {
  const graph = GraphDatabase.open(config.neo4j);
  const [last] = await lastReports(graph, config.okta.orgs[0]?.domain ?? '', 1, undefined, {
    withTouched: true,
  });
  await graph.close();
  if (last?.outcome !== outcome)
    throw new Error(`${sync.workflowId} ended as ${last?.outcome}, not as ${outcome}`);
}

async function save(name: string, run: WorkflowHandle): Promise<void> {
  const history = protocol.api.history.v1.History.fromObject(await run.fetchHistory()).toJSON();
  const file = join(__dirname, `../test/histories/${version}-${name}.json`);
  await writeFile(file, `${JSON.stringify(scrubbed(history), null, 1)}\n`);
  console.log(file);
}

void main();
