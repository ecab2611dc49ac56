import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { loadConfig } from '../../src/config';
import { variablesOf } from '../../src/local/environment';
import { applySchedule, deleteSchedulesOf, describeSchedule } from '../../src/runs/schedule';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';

describe('The schedules of simulated orgs that no longer run', () => {
  let client: Client;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    client = new Client({ connection: await Connection.connect({ address: (await temporal()).address }) });
  });

  after(() => client.connection.close());

  it('are deleted if they exist, and no others are', async () => {
    const config = loadConfig(
      variablesOf({
        okta: { domain: '127.0.0.1:1', token: 'token' },
        temporal: { address: '127.0.0.1:1' },
        neo4j: { uri: 'bolt://127.0.0.1:1', username: 'neo4j', password: 'password' },
      }),
    );
    for (const domain of ['127.0.0.1:1', '127.0.0.1:2']) await applySchedule(client, config, domain);
    await deleteSchedulesOf(client, ['127.0.0.1:1', '127.0.0.1:3']);
    assert.equal(await describeSchedule(client, '127.0.0.1:1'), undefined);
    assert.ok(await describeSchedule(client, '127.0.0.1:2'));
    await deleteSchedulesOf(client, ['127.0.0.1:2']);
  });
});
