import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { applySchedule, deleteSchedule, pauseSchedule, resumeSchedule } from '../../src/runs/schedule';
import { applyWatch, readWatch, watchId } from '../../src/runs/watch';
import { watchText } from '../../src/runs/watchText';
import { configFor } from '../../dev/lab/configFor';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';

describe('The watch of an org', function () {
  this.timeout(20_000);
  let client: Client;
  let domain: string;
  let count = 0;
  const watching = configFor({ WATCH_INTERVAL: '20s' });
  const off = configFor({});

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    client = new Client({ connection: await Connection.connect({ address: (await temporal()).address }) });
  });
  beforeEach(() => {
    domain = `watch-${process.pid}-${++count}.okta.com`;
  });
  afterEach(() => deleteSchedule(client, domain).catch(() => undefined));
  after(() => client.connection.close());

  /** Run id of the watch that runs; undefined if none does. */
  async function running(): Promise<string | undefined> {
    const handle = client.workflow.getHandle(watchId(domain));
    const described = await handle.describe().catch(() => undefined);
    return described?.status.name === 'RUNNING' ? described.runId : undefined;
  }

  it('starts with its schedule, once, and stops with it', async () => {
    await applySchedule(client, watching, domain);
    const runId = await running();
    assert(runId);
    await applySchedule(client, watching, domain);
    assert.equal(await running(), runId);
    await deleteSchedule(client, domain);
    assert.equal(await running(), undefined);
  });

  it('stops while the schedule is paused, also when it is applied again', async () => {
    await applySchedule(client, watching, domain);
    await pauseSchedule(client, domain, 'a test');
    assert.equal(await running(), undefined);
    await applySchedule(client, watching, domain);
    assert.equal(await running(), undefined);
    await resumeSchedule(client, watching, domain, 'a test');
    assert(await running());
  });

  it('stops when WATCH_INTERVAL is off, or the feature flag hides the integration', async () => {
    await applySchedule(client, watching, domain);
    await applySchedule(client, off, domain);
    assert.equal(await running(), undefined);
    await applySchedule(client, watching, domain);
    assert(await running());
    await applySchedule(client, configFor({ WATCH_INTERVAL: '20s', SHOW_OKTA_INTEGRATION: 'false' }), domain);
    assert.equal(await running(), undefined);
  });

  it('is told of a new interval', async () => {
    await applySchedule(client, watching, domain);
    await applyWatch(client, configFor({ WATCH_INTERVAL: '30s' }), domain, { paused: false });
    const { events } = await client.workflow.getHandle(watchId(domain)).fetchHistory();
    const pings = (events ?? []).flatMap(
      ({ workflowExecutionSignaledEventAttributes: signaled }) =>
        signaled?.input?.payloads?.map(({ data }) => Buffer.from(data ?? []).toString()) ?? [],
    );
    assert.deepEqual(pings, ['{"intervalMs":20000}', '{"intervalMs":30000}']);
  });

  it('has no state if none runs, and says so if no worker responds', async () => {
    assert.equal(await readWatch(client, domain), undefined);
    await applySchedule(client, watching, domain);
    const state = await readWatch(client, domain);
    assert.deepEqual(state, { retries: [] });
    assert.equal(watchText({ retries: [] }, new Date()), 'no worker responds');
  });
});

describe('The state of a watch in a line', () => {
  const now = new Date(Date.UTC(2026, 10, 29));
  const view = { domain: 'acme.okta.com', intervalMs: 10_000, doing: 'watching' } as const;

  it('says how far behind the graph is', () => {
    const text = watchText({ view, freshMs: now.getTime() - 4_000, retries: [] }, now);
    assert.equal(text, 'watching the System Log every 10s; up to date as of 4s ago');
  });

  it('says what it does, and what is due', () => {
    const state = {
      view: { ...view, doing: 'waiting for another run', due: 'import', dueAtMs: now.getTime() + 100_000 },
      retries: [],
    } as const;
    assert.equal(
      watchText(state, now),
      'watching the System Log every 10s; waiting for another run to end; an incremental run is due in 1m 40s: an import has ended',
    );
  });

  it('says why the log cannot be read, and what to do', () => {
    const trouble = {
      code: 'OKTA_FORBIDDEN',
      message: 'Okta returned 403.',
      advice: 'Grant okta.logs.read.',
    } as const;
    assert.equal(
      watchText({ view: { ...view, trouble }, retries: [] }, now),
      'the System Log cannot be read, trying again every 15m; OKTA_FORBIDDEN: Okta returned 403. Grant okta.logs.read.',
    );
  });

  it('says that a poll has failed and when it is retried', () => {
    const retries = [{ activity: 'watchLog', attempt: 3, why: 'Okta could not be reached.' }];
    assert.equal(
      watchText({ view, retries }, now),
      'watching the System Log every 10s; watchLog failed: Okta could not be reached; attempt 3 in progress',
    );
  });
});
