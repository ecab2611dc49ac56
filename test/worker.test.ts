import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Environment } from '../src/config';
import { startWorker } from '../src/worker';
import { WorkerStartError } from '../src/telemetry/workerStartError';
import { configFor } from '../dev/lab/configFor';
import { neo4jVariables } from '../dev/lab/environment';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../dev/lab/servers/services';
import '../dev/lab/servers/logs';

/** What startWorker would fail with otherwise. */
const NO_WORKFLOWS = { workflowBundle: { code: 'not a bundle' } };

describe('A worker that cannot start', () => {
  let well: Environment & { NEO4J_URI: string; TEMPORAL_ADDRESS: string };

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const [graph, { address }] = await Promise.all([neo4j(), temporal()]);
    well = { ...neo4jVariables(graph), TEMPORAL_ADDRESS: address };
  });

  it('says what to do when Neo4j does not answer, and where it was looked for', async () => {
    const { message } = await failure({ NEO4J_URI: 'bolt://127.0.0.1:1' });
    assert.match(message, /Neo4j .*\(bolt:\/\/127\.0\.0\.1:1\)$/);
  });

  it('says that Neo4j refuses the password, and does not show it', async () => {
    const { message } = await failure({ NEO4J_PASSWORD: 'wrong-password' });
    assert.match(message, /NEO4J_PASSWORD.*\(bolt:/);
    assert.doesNotMatch(message, /wrong-password/);
  });

  it('says that Temporal does not answer, and which settings say where it is', async () => {
    const { message } = await failure({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    assert.match(message, /^Temporal at 127\.0\.0\.1:1 could not be reached\. .*TEMPORAL_ADDRESS/);
  });

  it('says that the address for health checks is taken', async () => {
    const { address, server } = await listen();
    const { message } = await failure({ HEALTH_ADDRESS: address });
    server.close();
    assert.match(message, /HEALTH_ADDRESS/);
  });

  it('lets go of the address for health checks when it fails after it has listened there', async () => {
    const { address, server } = await listen();
    server.close();
    await once(server, 'close');
    const { cause } = await start({ HEALTH_ADDRESS: address }).then(
      () => assert.fail('it started'),
      (error: unknown) => ({ cause: error }),
    );
    assert.ok(!(cause instanceof WorkerStartError), String(cause));
    await listen(Number(address.split(':')[1])).then(({ server: again }) => again.close());
  });

  const start = (broken: Environment) => startWorker(configFor({ ...well, ...broken }), NO_WORKFLOWS);

  function failure(broken: Environment): Promise<WorkerStartError> {
    return start(broken).then(
      () => assert.fail('it started'),
      (error: unknown) => (assert.ok(error instanceof WorkerStartError, String(error)), error),
    );
  }

  async function listen(port = 0): Promise<{ address: string; server: Server }> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }
});
