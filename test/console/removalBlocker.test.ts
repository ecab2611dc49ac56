import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { removalBlocker } from '../../src/console/removalBlocker';
import { SYNC_WORKFLOW_TYPE } from '../../src/contract';
import {
  applySchedule,
  deleteSchedule,
  describeSchedule,
  pauseSchedule,
  triggerSchedule,
} from '../../src/runs/schedule';
import { configFor } from '../../dev/lab/configFor';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';

const config = configFor({ TEMPORAL_TASK_QUEUE: 'nobody-polls' });

describe('Before an integration is removed', () => {
  let client: Client;
  let domain: string;
  let count = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { address } = await temporal();
    client = new Client({ connection: await Connection.connect({ address }) });
  });

  beforeEach(async () => {
    domain = `removal-${++count}.okta.com`;
    await applySchedule(client, config, domain);
  });

  afterEach(async () => {
    for (const { workflow } of (await describeSchedule(client, domain))?.info.runningActions ?? [])
      await client.workflow.getHandle(workflow.workflowId).terminate();
    await deleteSchedule(client, domain);
  });

  after(() => client.connection.close());

  it('the schedule is paused, so that no run starts', async () => {
    assert.equal(await removalBlocker(client, domain), undefined);
    assert.equal((await describeSchedule(client, domain))?.state.paused, true);
  });

  it("an operator's note on a paused schedule is kept", async () => {
    await pauseSchedule(client, domain, 'Okta maintenance');
    assert.equal(await removalBlocker(client, domain), undefined);
    assert.equal((await describeSchedule(client, domain))?.state.note, 'Okta maintenance');
  });

  it('a run in progress blocks the removal, and nothing changes', async () => {
    await triggerSchedule(client, domain);
    assert.match(
      (await removalBlocker(client, domain)) ?? '',
      /^Nothing was removed: a run is in progress\./,
    );
    assert.equal((await describeSchedule(client, domain))?.state.paused, false);
  });

  it('a run that starts right after the first check is found, and no other can start', async () => {
    const fault = await removalBlocker(
      whenFirstListed(() => triggerSchedule(client, domain)),
      domain,
    );
    assert.match(fault ?? '', /^Nothing was removed: a run has started in the meantime\./);
    assert.equal((await describeSchedule(client, domain))?.state.paused, true);
  });

  /** Returns a client that calls `then` after its first list of running syncs, which ends a check. */
  function whenFirstListed(then: () => Promise<void>): Client {
    const service = client.workflowService;
    let times = 0;
    const listWorkflowExecutions = async (request: { query?: string }) => {
      const answer = await service.listWorkflowExecutions(request);
      assert.match(request.query ?? '', new RegExp(SYNC_WORKFLOW_TYPE));
      if (times++ === 0) await then();
      return answer;
    };
    const workflowService: object = Object.assign(Object.create(service), { listWorkflowExecutions });
    const connection = Object.create(client.connection, { workflowService: { value: workflowService } });
    return new Client({ connection: connection as typeof client.connection });
  }
});
