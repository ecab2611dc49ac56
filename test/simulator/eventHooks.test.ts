import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventHookOptions, EventHookReport, LogEvent, Simulator } from '../../src/simulator';
import { startSimulator } from '../../src/simulator';
import { assertOktaError, call } from './httpClient';

interface Delivery {
  readonly eventType: string;
  readonly eventId: string;
  readonly source: string;
  readonly data: { readonly events: readonly LogEvent[] };
}

describe('event hooks of the simulated org', () => {
  let simulator: Simulator;
  let server: Server;
  let url: string;
  let headers: IncomingHttpHeaders[];
  let deliveries: Delivery[];
  /** Statuses of the next responses to deliveries; then 204. */
  let statuses: number[];
  let verifies: boolean;

  beforeEach(async () => {
    [headers, deliveries, statuses, verifies] = [[], [], [], true];
    simulator = await startSimulator({ users: 50, groups: 5 });
    server = createServer((request, response) => {
      headers.push(request.headers);
      if (request.method === 'GET') {
        const challenge = request.headers['x-okta-verification-challenge'];
        response.end(JSON.stringify({ verification: verifies ? challenge : 'another' }));
        return;
      }
      void json(request).then((body) => {
        deliveries.push(body as Delivery);
        response.writeHead(statuses.shift() ?? 204).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(async () => {
    await simulator.close();
    server.close();
    server.closeAllConnections();
  });

  const register = async (options: Partial<EventHookOptions> = {}) => {
    const body = { url, header: { name: 'X-Secret', value: 'open sesame' }, batchMs: 5, ...options };
    return (await call<EventHookReport>(simulator, '/simulator/hook', { method: 'POST', body })).json;
  };
  const report = async () => (await call<EventHookReport>(simulator, '/simulator/hook')).json;
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await sleep(5);
  };
  const namesOf = (delivery: Delivery | undefined) =>
    delivery?.data.events.map(({ target }) => target?.[0]?.displayName);

  it('verify the endpoint once, and then deliver events with the secret header', async () => {
    assert.equal((await register()).verificationStatus, 'VERIFIED');
    const groupId = simulator.org.addGroup({ name: 'Payroll' });
    simulator.org.renameGroup(groupId, 'Salaries');
    await until(async () => (await report()).delivered === 1);
    const [delivery] = deliveries;
    assert.deepEqual(Object.keys(delivery ?? {}).sort(), [
      'cloudEventsVersion',
      'contentType',
      'data',
      'eventId',
      'eventTime',
      'eventType',
      'eventTypeVersion',
      'source',
    ]);
    assert.equal(delivery?.eventType, 'com.okta.event_hook');
    assert.deepEqual(namesOf(delivery), ['Payroll', 'Salaries']);
    const { json: logged } = await call<LogEvent[]>(simulator, '/api/v1/logs');
    assert.deepEqual(delivery.data.events, logged);
    assert.deepEqual(
      headers.map((header) => header['x-secret']),
      ['open sesame', 'open sesame'],
    );
    assert.deepEqual(await report(), {
      verificationStatus: 'VERIFIED',
      events: 2,
      delivered: 1,
      retried: 0,
      failed: 0,
    });
  });

  it('deliver nothing to an endpoint that does not pass, or that is not there', async () => {
    verifies = false;
    assert.equal((await register()).verificationStatus, 'UNVERIFIED');
    simulator.org.addGroup();
    assert.equal((await register({ url: 'http://127.0.0.1:1/' })).verificationStatus, 'UNVERIFIED');
    verifies = true;
    await register();
    simulator.org.addGroup({ name: 'Second' });
    await until(() => deliveries.length > 0);
    assert.deepEqual(deliveries.map(namesOf), [['Second']]);
  });

  it('retry once after a failure, but not after a rejection', async () => {
    statuses = [500, 204, 400, 500, 503];
    await register();
    for (const [name, requests] of [
      ['Retried', 2],
      ['Rejected', 3],
      ['Lost', 5],
    ] as const) {
      simulator.org.addGroup({ name });
      await until(() => deliveries.length === requests);
    }
    await until(async () => (await report()).failed === 2);
    const { delivered, retried, failed } = await report();
    assert.deepEqual([delivered, retried, failed], [1, 2, 2]);
  });

  it('deliver only the chosen types, up to 100 events a request', async () => {
    await register({ events: ['user.lifecycle.create'] });
    for (let i = 0; i < 150; i++) simulator.org.addUser();
    await until(async () => (await report()).events === 150);
    assert.deepEqual(
      deliveries.map(({ data }) => data.events.length).sort((a, b) => a - b),
      [50, 100],
    );
    const types = deliveries.flatMap(({ data }) => data.events.map(({ eventType }) => eventType));
    assert.deepEqual([...new Set(types)], ['user.lifecycle.create']);
  });

  it('deliver twice or out of order if configured', async () => {
    await register({ doubled: 1 });
    simulator.org.addGroup({ name: 'Twice' });
    await until(() => deliveries.length === 2);
    assert.deepEqual(deliveries.map(namesOf), [['Twice'], ['Twice']]);
    deliveries = [];
    await register({ delayed: 0.5, delayMs: 200 });
    const names = Array.from({ length: 12 }, (_, i) => `Group ${i}`);
    for (const name of names) {
      simulator.org.addGroup({ name });
      await sleep(15);
    }
    await until(() => deliveries.flatMap((delivery) => namesOf(delivery)).length === names.length);
    const received = deliveries.flatMap((delivery) => namesOf(delivery));
    assert.deepEqual(new Set(received), new Set(names));
    assert.notDeepEqual(received, names);
  });

  it('deliver what the log has: late, not what is missing, and twice what repeats', async () => {
    await register();
    simulator.settings.log.missing = 1;
    simulator.org.addGroup({ name: 'Missing' });
    Object.assign(simulator.settings.log, { missing: 0, repeated: 1, persistLagMs: 20 });
    simulator.org.addGroup({ name: 'Repeated' });
    await until(async () => (await report()).events === 2);
    assert.deepEqual(
      deliveries.flatMap((delivery) => namesOf(delivery)),
      ['Repeated', 'Repeated'],
    );
  });

  it('end on demand', async () => {
    await register();
    await call(simulator, '/simulator/hook/reset', { method: 'POST' });
    assert.deepEqual(await report(), {});
    simulator.org.addGroup();
    await sleep(30);
    assert.deepEqual(deliveries, []);
    assertOktaError(
      await call(simulator, '/simulator/hook', { method: 'POST', body: { url } }),
      400,
      'E0000001',
    );
  });
});
