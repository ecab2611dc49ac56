import assert from 'node:assert/strict';
import { NativeConnection, Worker } from '@temporalio/worker';
import { GraphDatabase } from '../../src/graph/database';
import { readinessOf } from '../../src/worker/readiness';
import { HealthServer } from '../../src/worker/healthServer';
import { freePort } from '../../src/local/ports';
import { WorkerStartError } from '../../src/telemetry/workerStartError';
import { configFor } from '../../dev/lab/configFor';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';
import { syncBundle } from '../../dev/lab/servers/bundle';
import '../../dev/lab/servers/logs';

describe('A worker is ready', () => {
  let connection: NativeConnection;
  let graph: GraphDatabase;
  let worker: Worker;
  let end: Promise<void>;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    connection = await NativeConnection.connect({ address: (await temporal()).address });
    graph = await openGraph();
    worker = await Worker.create({ connection, taskQueue: 'ready', workflowBundle: await syncBundle() });
  });
  after(async () => {
    worker.shutdown();
    await end;
    await graph.close();
    await connection.close();
  });

  it('not before it polls', async () => {
    const before = await readinessOf(worker, connection, graph);
    assert.deepEqual(before, { ready: false, polling: false, temporal: true, neo4j: true });
    assert.equal((await readinessOf(undefined, undefined, graph)).ready, false);
  });

  it('when it polls and both servers answer', async () => {
    end = worker.run();
    await until(async () => (await readinessOf(worker, connection, graph)).ready);
    assert.deepEqual(await readinessOf(worker, connection, graph), {
      ready: true,
      polling: true,
      temporal: true,
      neo4j: true,
    });
  });

  it('not while Temporal knows of no poll', async () => {
    const rejected = { getState: () => 'RUNNING', options: { ...worker.options, taskQueue: 'never-polled' } };
    const state = await readinessOf(rejected as Worker, connection, graph);
    assert.deepEqual(state, { ready: false, polling: false, temporal: true, neo4j: true });
  });

  it('when it may not ask who polls, but is accepted otherwise', async () => {
    const denied = Object.assign(new Error('denied'), { code: 7 });
    const service = (isAccepted: boolean) => ({
      workflowService: {
        describeTaskQueue: () => Promise.reject(denied),
        getSystemInfo: () => (isAccepted ? Promise.resolve({}) : Promise.reject(denied)),
      },
    });
    const readiness = (isAccepted: boolean) =>
      readinessOf(worker, service(isAccepted) as unknown as NativeConnection, graph);
    assert.deepEqual(await readiness(true), { ready: true, polling: true, temporal: true, neo4j: true });
    assert.deepEqual(await readiness(false), { ready: false, polling: true, temporal: false, neo4j: true });
  });

  it('not in a namespace that does not exist', async () => {
    const lost = { getState: () => 'RUNNING', options: { ...worker.options, namespace: 'deleted' } };
    const state = await readinessOf(lost as Worker, connection, graph);
    assert.deepEqual(state, { ready: false, polling: true, temporal: false, neo4j: true });
  });

  it('not while Neo4j does not answer', async () => {
    const away = GraphDatabase.open(configFor({}).neo4j);
    const state = await readinessOf(worker, connection, away);
    await away.close();
    assert.deepEqual(state, { ready: false, polling: true, temporal: true, neo4j: false });
  });

  it('not while Temporal does not answer', async () => {
    const closed = await NativeConnection.connect({ address: (await temporal()).address });
    await closed.close();
    const state = await readinessOf(worker, closed, graph);
    assert.deepEqual(state, { ready: false, polling: true, temporal: false, neo4j: true });
  });
});

describe('The health server', () => {
  const NOT_READY = { ready: false, polling: true, temporal: true, neo4j: false };

  async function withServer(test: (base: string, port: number) => Promise<void>): Promise<void> {
    const port = await freePort();
    const server = await HealthServer.start({ host: '127.0.0.1', port }, async () => NOT_READY);
    try {
      await test(`http://127.0.0.1:${port}`, port);
    } finally {
      await server.stop();
    }
  }

  it('reports that the process is alive, even if it is not ready', () =>
    withServer(async (base) => {
      assert.equal((await fetch(`${base}/healthz`)).status, 200);
      const ready = await fetch(`${base}/readyz`);
      assert.equal(ready.status, 503);
      assert.deepEqual(await ready.json(), NOT_READY);
    }));

  it('stops while connections are open', () =>
    withServer(async (base) => {
      const response = await fetch(`${base}/healthz`);
      assert.equal(response.headers.get('connection'), 'keep-alive');
    }));

  it('names the setting if its address is in use', () =>
    withServer(async (_, port) => {
      await assert.rejects(
        HealthServer.start({ host: '127.0.0.1', port }, async () => NOT_READY),
        (error) =>
          error instanceof WorkerStartError && /^Cannot listen on HEALTH_ADDRESS: /.test(error.message),
      );
    }));
});
