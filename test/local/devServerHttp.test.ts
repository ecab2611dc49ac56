import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { freePort } from '../../src/local/ports';
import { startTemporal, type TemporalServer } from '../../src/local/temporal';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { listeningPorts } from '../../dev/lab/servers/listeningPorts';
import { serverPid } from '../../dev/lab/servers/serverPid';

const WORKFLOW_ID = 'started-by-a-web-page';
const BODY = JSON.stringify({ workflowType: { name: 'syncOkta' }, taskQueue: { name: 'okta-sync' } });

describe('A web page on the machine of the Temporal dev server', () => {
  let dataDir: string;
  let server: TemporalServer;
  let ports: number[];

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    dataDir = await mkdtemp(join(tmpdir(), 'okta-graph-local-'));
    server = await startTemporal({ dataDir, persistent: false, uiPort: await freePort() });
    ports = await listeningPorts(await serverPid(dataDir, 'temporal'));
  });
  after(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true });
  });

  it('cannot start a workflow on any port', async () => {
    assert.ok(ports.includes(Number(server.address.split(':')[1])), 'the ports of the server are known');
    assert.ok(ports.length >= 3, `gRPC, the UI and the HTTP API listen: ${ports.join(', ')}`);
    const answers = await Promise.all(ports.map((port) => post(port)));
    assert.ok(answers.includes(403), `the HTTP API refuses the host: ${answers.join(', ')}`);
    assert.deepEqual(
      answers.filter((status) => status >= 200 && status < 300),
      [],
    );
    const connection = await Connection.connect({ address: server.address });
    try {
      const workflow = new Client({ connection }).workflow.getHandle(WORKFLOW_ID);
      await assert.rejects(workflow.describe(), WorkflowNotFoundError);
    } finally {
      await connection.close();
    }
  });
});

/** Sends a request as a page can to other origins (`no-cors`). Returns the status, or 0 without a response. */
function post(port: number): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(
      `http://127.0.0.1:${port}/api/v1/namespaces/default/workflows/${WORKFLOW_ID}`,
      {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain', Origin: 'http://evil.example' },
        timeout: 5_000,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(0));
    outgoing.end(BODY);
  });
}
