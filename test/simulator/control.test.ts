import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type {
  ChurnResult,
  OktaUser,
  Operation,
  Settings,
  Simulator,
  StatsSnapshot,
} from '../../src/simulator';
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

  it('change apps, assignments, roles and rules, and stream their truth line by line', async () => {
    const { org } = simulator;
    const [userId, groupId] = [org.addUser(), org.addGroup()];
    const make = async (change: Operation) =>
      (await post<{ id?: string; changed?: boolean }>('/simulator/do', change)).json;
    const { id: appId = '' } = await make({ operation: 'addApp', label: 'Payroll' });
    const { id: otherId = '' } = await make({ operation: 'addApp' });
    await make({ operation: 'renameApp', appId, label: 'Salaries' });
    assert.deepEqual(await make({ operation: 'assignAppUser', appId, userId }), { changed: true });
    assert.deepEqual(await make({ operation: 'assignAppGroup', appId, groupId, priority: 2 }), {
      changed: true,
    });
    assert.deepEqual(await make({ operation: 'unassignAppUser', appId: otherId, userId }), {
      changed: false,
    });
    assert.deepEqual(await make({ operation: 'unassignAppGroup', appId: otherId, groupId }), {
      changed: false,
    });
    await make({ operation: 'setAppStatus', appId: otherId, status: 'INACTIVE' });
    await make({ operation: 'deleteApp', appId: otherId });
    const { id: ruleId = '' } = await make({ operation: 'addRule', name: 'Payroll', groupIds: [groupId] });
    await make({ operation: 'changeRule', ruleId, status: 'INACTIVE' });
    const { id: droppedId = '' } = await make({ operation: 'addRule' });
    await make({ operation: 'deleteRule', ruleId: droppedId });
    const { id: roleId = '' } = await make({
      operation: 'grantRole',
      assignee: { userId },
      type: 'ORG_ADMIN',
    });
    await make({ operation: 'grantRole', assignee: { groupId }, type: 'CUSTOM' });
    assert.deepEqual(await make({ operation: 'revokeRole', assignee: { userId }, roleId }), {
      changed: true,
    });

    const lines = (await call(simulator, '/simulator/truth/access')).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const truth = org.truth().access;
    assert.deepEqual(lines, [
      { counts: truth.counts },
      ...[...truth.apps()].map((app) => ({ app })),
      ...[...truth.appUsers()].map((appUser) => ({ appUser })),
      ...[...truth.appGroups()].map((appGroup) => ({ appGroup })),
      ...[...truth.roles()].map((role) => ({ role })),
      ...[...truth.rules()].map((rule) => ({ rule })),
    ]);
    const [app] = [...truth.apps()].filter(({ id }) => [appId, otherId].includes(id));
    assert.deepEqual([app?.id, app?.label], [appId, 'Salaries']);
    assert.ok([...truth.appUsers()].some((one) => one.appId === appId && one.user.id === userId));
    assert.ok([...truth.appGroups()].some((one) => one.group.id === groupId && one.group.priority === 2));
    const [rule] = [...truth.rules()].filter(({ id }) => [ruleId, droppedId].includes(id));
    assert.deepEqual([rule?.id, rule?.name, rule?.status], [ruleId, 'Payroll', 'INACTIVE']);
    const granted = [...truth.roles()].filter(({ assigneeId }) => [userId, groupId].includes(assigneeId));
    assert.deepEqual(
      granted.map(({ assigneeId, role }) => [assigneeId, role.type]),
      [[groupId, 'CUSTOM']],
    );
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

  it('has the requested number of apps, rules and roles', async () => {
    const child = start('--users', '60', '--apps', '3', '--rules', '4', '--roles', '5');
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const { origin, token } = JSON.parse(chunk.toString()) as { origin: string; token: string };
    const headers = { authorization: `SSWS ${token}` };
    const truth = await (await fetch(`${origin}/simulator/truth/access`, { headers })).text();
    child.kill('SIGTERM');
    const { counts } = JSON.parse(truth.slice(0, truth.indexOf('\n'))) as { counts: Record<string, number> };
    assert.deepEqual([counts.apps, counts.rules, counts.roles], [3, 4, 5]);
    await once(child, 'exit');
  });

  it('explains what is wrong with its options', async () => {
    const child = start('--users', 'many');
    const [chunk] = (await once(child.stderr, 'data')) as [Buffer];
    assert.match(chunk.toString(), /--users <count>.*whole number/);
    assert.deepEqual(await once(child, 'exit'), [2, null]);
  });
});
