import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Secret } from '../../src/orgs/secret';
import { GraphDatabase } from '../../src/graph/database';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';

describe('The services of the tests', () => {
  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    await Promise.all([temporal(), neo4j()]);
  });

  it('are a Temporal server with schedules', async () => {
    const connection = await Connection.connect({ address: (await temporal()).address });
    const { schedule } = new Client({ connection });
    const scheduleId = `lab/${randomUUID()}`;
    const handle = await schedule.create({
      scheduleId,
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' },
    });
    assert.equal((await handle.describe()).scheduleId, scheduleId);
    await handle.delete();
    await connection.close();
  });

  it('are a Neo4j that lets in nobody with a wrong password', async () => {
    const { uri, username, password } = await neo4j();
    const right = GraphDatabase.open({ uri, username, password: new Secret(password) });
    assert.deepEqual(await right.read('RETURN 1 AS one'), [{ one: 1 }]);
    await right.close();
    const wrong = GraphDatabase.open({ uri, username, password: new Secret('wrong-password') });
    await assert.rejects(wrong.read('RETURN 1'), { code: 'Neo.ClientError.Security.Unauthorized' });
    await wrong.close();
  });

  it('are started once', async () => {
    assert.equal(await temporal(), await temporal());
    assert.equal(await neo4j(), await neo4j());
  });
});
