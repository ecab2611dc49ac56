import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ChurnResult, OktaUser, Settings, Simulator, StatsSnapshot } from '../../src/simulator';
import { startSimulator } from '../../src/simulator';
import { ALL_USERS, assertOktaError, call } from './httpClient';

describe('control routes of the simulated org', () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await startSimulator({ users: 100, groups: 10 });
  });
  afterEach(() => simulator.close());

  const post = <T>(path: string, body: unknown) => call<T>(simulator, path, { method: 'POST', body });

  it('make single changes and churn', async () => {
    const added = await post<{ id: string }>('/simulator/do', {
      operation: 'addUser',
      profile: { firstName: 'Ada' },
    });
    const { id } = added.json;
    await post('/simulator/do', { operation: 'renameUser', userId: id, profile: { lastName: 'Lovelace' } });
    const { profile } = (await call<OktaUser>(simulator, `/api/v1/users/${id}`)).json;
    assert.equal(`${String(profile.firstName)} ${String(profile.lastName)}`, 'Ada Lovelace');
    await post('/simulator/do', { operation: 'deactivateUser', userId: id });
    await post('/simulator/do', { operation: 'deleteUser', userId: id });
    assertOktaError(await call(simulator, `/api/v1/users/${id}`), 404, 'E0000007');
    const churned = await post<ChurnResult>('/simulator/churn', { addUsers: 2, seed: 1 });
    assert.equal(churned.json.usersAdded, 2);
  });

  it('change settings and faults while the org runs, and report them', async () => {
    const settings = await post<Settings>('/simulator/settings', { limits: { users: 7 }, latencyMs: 1 });
    assert.equal(settings.json.limits.users, 7);
    assert.equal(settings.json.limits.groups, 10_000);
    assert.equal((await call(simulator, ALL_USERS)).headers['x-rate-limit-limit'], '7');
    await post('/simulator/faults', [
      { name: 'down', match: { path: '/groups' }, action: { type: 'error', status: 503 } },
    ]);
    assert.equal((await call(simulator, '/api/v1/groups')).status, 503);
    assert.deepEqual((await call(simulator, '/simulator/faults')).json, [
      { name: 'down', matched: 1, fired: 1 },
    ]);
  });

  it('accept no regular expression: a path is text, in which `*` is a wildcard', async () => {
    const faultAt = (path: string) =>
      post('/simulator/faults', [{ match: { path }, action: { type: 'error', status: 503 } }]);
    await faultAt('(a+)+$');
    assert.equal((await call(simulator, `/api/v1/groups?q=${'a'.repeat(5_000)}`)).status, 200);
    await faultAt('/gr*limit=5');
    assert.equal((await call(simulator, '/api/v1/groups?limit=5')).status, 503);
    assert.equal((await call(simulator, '/api/v1/groups?limit=6')).status, 200);
  });

  it('accept only host names of this machine, like the whole org', async () => {
    const { port } = new URL(simulator.origin);
    for (const [host, status] of [
      [`localhost:${port}`, 200],
      [`127.0.0.1:${port}`, 200],
      [`LOCALHOST:${port}`, 200],
      [`rebound.example:${port}`, 421],
      ['rebound.example', 421],
      [`127.0.0.1.rebound.example:${port}`, 421],
      ['127.0.0.1', 421],
    ] as const) {
      for (const path of ['/simulator/stats', '/api/v1/groups', '/.well-known/okta-organization'])
        assert.equal((await call(simulator, path, { host })).status, status, `${host}${path}`);
    }
  });

  it('rotate the token, including that of the control routes', async () => {
    const { token } = simulator;
    await post('/simulator/token', { token: 'another' });
    assert.equal(simulator.token, 'another');
    assert.equal((await call(simulator, ALL_USERS)).status, 200);
    for (const path of [ALL_USERS, '/simulator/stats'])
      assertOktaError(await call(simulator, path, { token }), 401, 'E0000011');
  });

  it('count in no bucket and in no statistics', async () => {
    await call(simulator, ALL_USERS);
    assert.equal((await call<StatsSnapshot>(simulator, '/simulator/stats')).json.calls, 1);
    assert.equal((await post<StatsSnapshot>('/simulator/stats/reset', undefined)).json.calls, 0);
  });

  it('stream the truth line by line', async () => {
    const lines = (await call(simulator, '/simulator/truth')).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const truth = simulator.org.truth();
    assert.deepEqual(lines, [
      { counts: truth.counts },
      ...[...truth.users()].map((user) => ({ user })),
      ...[...truth.groups()].map((group) => ({ group })),
      ...[...truth.edges()].map((edge) => ({ edge })),
    ]);
    const counts = await call(simulator, '/simulator/counts');
    assert.deepEqual(counts.json, { ...truth.counts, callsNeeded: simulator.org.callsNeeded() });
  });

  it('reject unknown input', async () => {
    assertOktaError(await post('/simulator/settings', { latency: 1 }), 400, 'E0000001');
    assertOktaError(await post('/simulator/churn', { addUsers: 'many' }), 400, 'E0000001');
    assertOktaError(
      await post('/simulator/do', { operation: 'deleteUser', userId: '00uNobody' }),
      404,
      'E0000007',
    );
    assertOktaError(await call(simulator, '/simulator/nothing'), 404, 'E0000007');
  });
});

describe('the command line of the simulated org', () => {
  const main = join(__dirname, '../../dist/client.js');
  const start = (...args: string[]) => spawn(process.execPath, [main, 'simulator', ...args]);

  it('prints its address as one line of JSON, serves, and exits on SIGTERM', async () => {
    const child = start(
      '--users',
      '60',
      '--groups',
      '7',
      '--latency',
      '1',
      '--settings',
      '{"limits":{"users":9}}',
    );
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const ready = JSON.parse(chunk.toString()) as {
      origin: string;
      token: string;
      users: number;
      groups: number;
    };
    assert.equal(ready.users, 60);
    assert.equal(ready.groups, 7);
    const response = await fetch(`${ready.origin}/api/v1/users`, {
      headers: { authorization: `SSWS ${ready.token}` },
    });
    assert.equal(response.headers.get('x-rate-limit-limit'), '9');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('explains what is wrong with its options', async () => {
    const child = start('--users', 'many');
    const [chunk] = (await once(child.stderr, 'data')) as [Buffer];
    assert.match(chunk.toString(), /--users <count>.*whole number/);
    assert.deepEqual(await once(child, 'exit'), [2, null]);
  });
});
