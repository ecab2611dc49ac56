import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { loadConfig, type Config } from '../../src/config';
import { loadConsoleSettings } from '../../src/console/settings';
import type { GraphDatabase } from '../../src/graph/database';
import { type RunningParts, withParts } from '../../src/local/parts';
import { freePort } from '../../src/local/ports';
import { runSession } from '../../src/local/session';
import { Stopped } from '../../src/local/stopSignal';
import { startSimulator, type Simulator } from '../../src/simulator';
import { Sink } from '../../dev/lab/sink';
import { until } from '../../dev/lab/until';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { newOrganizationId } from '../../dev/lab/org/organizationId';
import { logged } from '../../dev/lab/servers/logs';
import { neo4jVariables, orgVariables, temporalVariables } from '../../dev/lab/environment';

const PAGES = 4;
/** Longer than the timeout of a test. */
const SLOW_MS = 300_000;

/** State at the time when the servers are stopped. */
interface AtTheStop {
  /** Last state in the worker's log. */
  worker: unknown;
  /** Activities of the run that have not completed. */
  activities: { type: unknown; failure: unknown; seen: unknown }[];
}

describe('The session of npm start', () => {
  let org: Simulator;
  let db: GraphDatabase;
  let connection: Connection;
  let config: Config;
  let output: Sink;
  let stops: AtTheStop[];

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const [server, graph] = await Promise.all([temporal(), neo4j()]);
    [db, org, connection] = await Promise.all([
      openGraph(),
      startSimulator({
        users: PAGES * 200,
        groups: 3,
        awkward: false,
        organizationId: newOrganizationId(),
      }),
      Connection.connect({ address: server.address }),
    ]);
    await emptyGraph(db, [org.domain]);
    config = loadConfig({
      ...orgVariables(org),
      ...temporalVariables(server),
      ...neo4jVariables(graph),
    });
  });
  beforeEach(() => {
    output = new Sink();
    stops = [];
  });
  afterEach(async () => {
    org.faults.clear();
    await terminateRuns();
  });
  after(async () => {
    await emptyGraph(db, [org.domain]);
    await db.close();
    await connection.close();
    await org.close();
  });

  it('ends the activity in progress, with its heartbeat, before the servers are stopped', async function () {
    this.timeout(120_000);
    org.faults.set([{ match: { route: 'users', nth: PAGES }, action: { type: 'delay', delayMs: SLOW_MS } }]);
    const stop = new AbortController();
    const session = start(stop.signal);
    session.catch(() => undefined);
    await until(async () => (await writtenUsers()) >= 400, 60_000);
    stop.abort(new Stopped());
    await assert.rejects(session, Stopped);

    const [{ worker, activities } = { worker: undefined, activities: [] }, ...more] = stops;
    assert.deepEqual(more, []);
    assert.equal(worker, 'STOPPED');
    const [list] = activities;
    assert.deepEqual([list?.type, list?.failure], ['syncUsers', 'WORKER_SHUTDOWN']);
    assert.ok(Number(list?.seen) >= 200, `the next worker goes on after ${String(list?.seen)} users`);
  });

  it('stops the worker before the servers if the console cannot be started', async function () {
    this.timeout(60_000);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    try {
      await assert.rejects(start(new AbortController().signal, { port }), /EADDRINUSE/);
    } finally {
      taken.close();
    }
    assert.deepEqual(stops, [{ worker: 'STOPPED', activities: [] }]);
  });

  it('stops the worker before the servers if the schedule of the simulated org cannot be deleted', async function () {
    this.timeout(60_000);
    const stop = new AbortController();
    // Temporal rejects an id that is not valid UTF-8.
    const session = start(stop.signal, { domain: '\ud800' });
    await until(() => output.text.includes('Running on schedule'), 50_000);
    stop.abort(new Stopped());
    assert.equal(await session, 0);
    assert.match(output.text, /^Could not delete the schedule of the simulated org: /m);
    assert.deepEqual(stops, [{ worker: 'STOPPED', activities: [] }]);
  });

  /** Runs a session like `npm start`, with servers that keep running and only record when they would be stopped. */
  async function start(
    stop: AbortSignal,
    { port, domain = org.domain }: { port?: number; domain?: string } = {},
  ): Promise<number> {
    const { length: before } = logged;
    const parts: RunningParts = {
      okta: { domain, token: org.token },
      stop: async () => void stops.push({ worker: workerState(before), activities: await activities() }),
    };
    const console = { ...loadConsoleSettings({}), port: port ?? (await freePort()) };
    return withParts(
      parts,
      () => undefined,
      () => runSession({ config, parts, console, once: false, still: true, output, stop }),
    );
  }

  const writtenUsers = async () => {
    const [row] = await db.read<{ count: number }>(
      'MATCH (u:User {okta_domain: $domain}) RETURN count(u) AS count',
      { domain: org.domain },
    );
    return row?.count ?? 0;
  };

  async function activities(): Promise<AtTheStop['activities']> {
    const client = new Client({ connection });
    const running = [];
    for (const { workflowId } of await runs(client)) {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      running.push(...(raw.pendingActivities ?? []));
    }
    return running.map(({ activityType, lastFailure, heartbeatDetails }) => {
      const [payload] = heartbeatDetails?.payloads ?? [];
      const cursor = payload && defaultPayloadConverter.fromPayload<{ seen: number }>(payload);
      return {
        type: activityType?.name,
        failure: lastFailure?.applicationFailureInfo?.type,
        seen: cursor?.seen,
      };
    });
  }

  async function terminateRuns(): Promise<void> {
    const client = new Client({ connection });
    for (const { workflowId } of await runs(client)) await client.workflow.getHandle(workflowId).terminate();
  }

  async function runs(client: Client): Promise<{ workflowId: string }[]> {
    const found = [];
    const query = `TaskQueue = '${config.temporal.taskQueue}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of client.workflow.list({ query })) found.push({ workflowId });
    return found;
  }
});

/** Returns the last state that is logged after the first `before` entries. */
function workerState(before: number): unknown {
  return logged.slice(before).findLast(({ meta }) => meta?.['state'] !== undefined)?.meta?.['state'];
}
