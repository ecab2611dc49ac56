import { userInfo } from 'node:os';
import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { main } from '../../src/cli/main';
import { GraphDatabase } from '../../src/graph/database';
import { settingsChanges } from '../../src/graph/write/settingsChanges';
import {
  applySchedule,
  deleteSchedule,
  describeSchedule,
  manualRunId,
  scheduleId,
} from '../../src/runs/schedule';
import { configFor, ENVIRONMENT } from '../../dev/lab/configFor';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { neo4jVariables } from '../../dev/lab/environment';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { Sink } from '../../dev/lab/sink';
import { until } from '../../dev/lab/until';

const NO_OKTA = {
  check: () => Promise.reject(new Error('not asked')),
  findOrganization: () => Promise.reject(new Error('not asked')),
  hasUser: () => Promise.reject(new Error('not asked')),
};

describe('The schedule commands', () => {
  const folder = credentialsFolder();
  let client: Client;
  let address: string;
  let domain: string;
  let id: string;
  let count = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    ({ address } = await temporal());
    client = new Client({ connection: await Connection.connect({ address }) });
  });
  beforeEach(() => {
    domain = `schedule-command-${++count}.okta.com`;
    id = scheduleId(domain);
  });
  afterEach(() => deleteSchedule(client, domain).catch(() => undefined));
  after(() => client.connection.close());

  it('create the schedule with apply, update it with a second apply, and list it with its next run', async () => {
    assert.deepEqual(await run(['apply'], neo4jVariables(await neo4j())), {
      code: 0,
      out: `Schedule ${id} created: every 2h, active\n`,
      err: '',
    });
    const { out } = await run(['apply'], { SYNC_INTERVAL: '3h' });
    assert.equal(out, `Schedule ${id} updated: every 3h, active\n`);
    const next = (await describeSchedule(client, domain))?.info.nextActionTimes[0]?.toISOString() ?? '';
    await until(async () => (await listed())?.includes('3h') ?? false);
    assert.match((await listed()) ?? '', new RegExp(`${next.slice(0, 10)}.* active$`));
  });

  it('apply the schedules of the other orgs if the feature flag forbids one, and exit with 1', async () => {
    const other = `a-${domain}`;
    for (const each of [other, domain]) folder.write(`${each}.json`, { domain: each, token: 'a-token' });
    await apply();
    const { code, out, err } = await run(['apply'], {
      OKTA_DOMAIN: undefined,
      OKTA_API_TOKEN: undefined,
      OKTA_CREDENTIALS_DIR: folder.path(''),
      SHOW_OKTA_INTEGRATION: 'false',
    });
    assert.equal(code, 1);
    assert.match(
      err,
      new RegExp(`^SHOW_OKTA_INTEGRATION is false, so no schedule can be created for ${other}`),
    );
    assert.match(
      out,
      new RegExp(`^Schedule ${id} updated: every 2h, paused: Paused by SHOW_OKTA_INTEGRATION=false`),
    );
  });

  it('pause with a comment, which list shows, and say that a run in progress continues', async () => {
    await apply();
    const { code, out } = await run(['pause', '--note', 'Okta maintenance']);
    assert.deepEqual([code, out], [0, `Schedule ${id} paused; a run in progress continues\n`]);
    assert.deepEqual(await state(), { paused: true, note: 'Okta maintenance' });
    await until(async () => (await listed())?.endsWith('paused: Okta maintenance') ?? false);
  });

  it('record in the graph who applied, paused, resumed and deleted, and say so if it cannot', async () => {
    const graph = neo4jVariables(await neo4j());
    await run(['apply'], graph);
    await run(['pause', '--note', 'Okta maintenance'], graph);
    await run(['resume'], graph);
    await run(['delete'], graph);
    const db = GraphDatabase.open(configFor(graph).neo4j);
    const changes = await settingsChanges(db, domain, 10);
    await db.close();
    assert.deepEqual(
      changes.map(({ what, by }) => [what, by]),
      [
        'The schedule was deleted',
        'The schedule was resumed',
        'The schedule was paused: Okta maintenance',
        'The schedule was created: every 2h',
      ].map((what) => [what, `${userInfo().username}, on the command line`]),
    );
    await apply();
    const { code, err } = await run(['pause'], { NEO4J_URI: 'bolt://127.0.0.1:1' });
    assert.equal(code, 0);
    assert.match(err, /^This change could not be recorded in the graph: /);
  });

  it('pause and resume with a default comment', async () => {
    await apply();
    await run(['pause']);
    assert.deepEqual(await state(), { paused: true, note: 'Paused from the command line' });
    const { code, out } = await run(['resume']);
    assert.deepEqual([code, out], [0, `Schedule ${id} resumed\n`]);
    assert.deepEqual(await state(), { paused: false, note: 'Resumed from the command line' });
  });

  it('refuse to resume while the feature flag is off, and explain what to do', async () => {
    await apply();
    await run(['pause', '--note', 'for a while']);
    const { code, out, err } = await run(['resume'], { SHOW_OKTA_INTEGRATION: 'false' });
    assert.deepEqual([code, out], [1, '']);
    assert.equal(
      err,
      `SHOW_OKTA_INTEGRATION is false, so the schedule of ${domain} stays paused. Set it to true to sync on a schedule.\n`,
    );
    assert.deepEqual(await state(), { paused: true, note: 'for a while' });
  });

  it('trigger a run of the schedule', async () => {
    await apply();
    const { code, out } = await run(['trigger']);
    assert.equal(code, 0);
    assert.equal(out, `Schedule ${id} triggered; see: okta-graph status\n`);
    await until(async () => (await runs()).length > 0);
    const [workflowId = ''] = await runs();
    assert.match(workflowId, new RegExp(`^${id}-\\d{4}-`));
    await client.workflow.getHandle(workflowId).terminate();
  });

  it('do not trigger a run while a manual run is in progress, and show its id', async () => {
    await apply();
    const handle = await client.workflow.start('syncOkta', {
      workflowId: manualRunId(domain),
      taskQueue: 'nobody-polls',
    });
    try {
      const { code, out } = await run(['trigger']);
      assert.equal(code, 0);
      assert.equal(out, `Schedule ${id} not triggered: a run is already in progress: ${handle.workflowId}\n`);
      assert.deepEqual(await runs(), []);
    } finally {
      await handle.terminate();
    }
  });

  it('delete the schedule', async () => {
    await apply();
    const { code, out } = await run(['delete']);
    assert.deepEqual([code, out], [0, `Schedule ${id} deleted; a run in progress continues\n`]);
    assert.equal(await describeSchedule(client, domain), undefined);
    await until(async () => (await listed()) === undefined);
  });

  for (const command of ['pause', 'resume', 'trigger', 'delete'])
    it(`explain on ${command} how to create a missing schedule`, async () => {
      const { code, out, err } = await run([command]);
      assert.deepEqual([code, out], [1, '']);
      assert.equal(err, `There is no schedule ${id}. Create it with: okta-graph schedule apply\n`);
    });

  it('explain how to create a schedule if the namespace has none', async () => {
    const { code, out } = await run(['list'], { TEMPORAL_NAMESPACE: 'temporal-system' });
    assert.equal(code, 0);
    assert.equal(out, 'There are no schedules. Create one with: okta-graph schedule apply\n');
  });

  async function run(args: string[], more: Record<string, string | undefined> = {}) {
    const [out, err] = [new Sink(), new Sink()];
    const environment = { ...ENVIRONMENT, OKTA_DOMAIN: domain, TEMPORAL_ADDRESS: address, ...more };
    const code = await main(['schedule', ...args], { out, err }, NO_OKTA, () => environment);
    return { code, out: out.text, err: err.text };
  }

  const apply = () => applySchedule(client, configFor({ OKTA_DOMAIN: domain }), domain);

  /** Returns the line of the schedule in the list. */
  const listed = async () => (await run(['list'])).out.split('\n').find((line) => line.includes(`${id} `));

  async function state() {
    const { paused, note } = (await describeSchedule(client, domain))?.state ?? {};
    return { paused, note };
  }

  /** Returns the ids of the running workflows that the schedule has started. */
  async function runs(): Promise<string[]> {
    const { info } = (await describeSchedule(client, domain)) ?? {};
    return info?.runningActions.map(({ workflow }) => workflow.workflowId) ?? [];
  }
});
