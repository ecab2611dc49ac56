import assert from 'node:assert/strict';
import type { OktaApp, OktaAppGroup, OktaAppUser, Simulator } from '../../src/simulator';
import { SERVED_SECRETS, startSimulator } from '../../src/simulator';
import { assertOktaError, call, listAll, nextOf, withSimulator } from './httpClient';

describe('apps of the simulated org', () => {
  let simulator: Simulator;
  let apps: OktaApp[];

  before(async () => {
    simulator = await startSimulator({ users: 2_000, groups: 200, seed: 4 });
    apps = [...simulator.org.truth().access.apps()];
  });
  after(() => simulator.close());

  const sizeOf = async (path: string): Promise<number> =>
    (await call<unknown[]>(simulator, `/api/v1${path}`)).json.length;
  const usersOf = (app: OktaApp, limit = 500): Promise<OktaAppUser[]> =>
    listAll(simulator, `/api/v1/apps/${app.id}/users?limit=${limit}`);
  const filtered = (filter: string): Promise<OktaApp[]> =>
    listAll(simulator, `/api/v1/apps?filter=${encodeURIComponent(filter)}`);

  it('are listed, and served by id, exactly as in the truth', async () => {
    assert.equal(apps.length, 40);
    assert.deepEqual(await listAll(simulator, '/api/v1/apps?limit=7'), apps);
    for (const app of apps) assert.deepEqual((await call(simulator, `/api/v1/apps/${app.id}`)).json, app);
  });

  it('are filtered by id, status and name, and found by the beginning of a label or name', async () => {
    const inactive = apps.filter(({ status }) => status === 'INACTIVE');
    assert.ok(inactive.length > 1);
    assert.deepEqual(await filtered('status eq "INACTIVE"'), inactive);
    assert.deepEqual(await filtered(`id eq "${apps[3]?.id}"`), [apps[3]]);
    assert.deepEqual(
      await filtered('name eq "slack"'),
      apps.filter(({ name }) => name === 'slack'),
    );
    assert.deepEqual(
      await listAll(simulator, '/api/v1/apps?q=SALES'),
      apps.filter(({ name }) => name === 'salesforce'),
    );
    for (const filter of ['label eq "Slack"', 'lastUpdated gt "2020-01-01T00:00:00.000Z"'])
      assertOktaError(
        await call(simulator, `/api/v1/apps?filter=${encodeURIComponent(filter)}`),
        400,
        'E0000001',
      );
  });

  it("have Okta's page sizes", async () => {
    const [, everyones] = apps;
    assert.ok(everyones);
    assert.equal(await sizeOf('/apps'), 20);
    assert.equal(await sizeOf('/apps?limit=1000'), 40);
    assert.equal(await sizeOf(`/apps/${everyones.id}/users`), 50);
    assert.equal(await sizeOf(`/apps/${everyones.id}/users?limit=1`), 1);
    assert.equal(await sizeOf(`/apps/${everyones.id}/users?limit=600`), 500);
    const { org } = simulator;
    const appId = org.access.apps.add();
    for (const { id } of [...org.truth().groups()].slice(0, 30)) org.access.apps.assignGroup(appId, id);
    assert.equal(await sizeOf(`/apps/${appId}/groups`), 20);
    assert.equal(await sizeOf(`/apps/${appId}/groups?limit=200`), 30);
    for (const limit of [0, 19])
      assertOktaError(await call(simulator, `/api/v1/apps/${appId}/groups?limit=${limit}`), 400, 'E0000001');
    const groupId = [...org.truth().groups()][5]?.id ?? '';
    for (let i = 0; i < 25; i++) org.access.apps.assignGroup(org.access.apps.add(), groupId);
    const ofGroup = await call<unknown[]>(simulator, `/api/v1/groups/${groupId}/apps`);
    assert.equal(ofGroup.json.length, 20);
    assert.ok(nextOf(ofGroup));
  });

  it('more than 200 apps take several pages', async () => {
    await withSimulator({ users: 60, apps: 450 }, async (large) => {
      const first = await call<unknown[]>(large, '/api/v1/apps?limit=500');
      assert.equal(first.json.length, 200);
      assert.equal((await listAll(large, '/api/v1/apps?limit=500')).length, 450);
    });
  });

  it('list direct users with the scope USER, and users through groups with GROUP', async () => {
    const { org } = simulator;
    const direct: { appId: string; user: OktaAppUser }[] = [];
    for (const app of apps) {
      const appUsers = await usersOf(app, 333);
      direct.push(...appUsers.flatMap((user) => (user.scope === 'USER' ? [{ appId: app.id, user }] : [])));
      const groups = await listAll<OktaAppGroup>(simulator, `/api/v1/apps/${app.id}/groups`);
      const groupIds = new Set(groups.map(({ id }) => id));
      const members = new Set(
        [...org.truth().edges()].flatMap(([user, group]) => (groupIds.has(group) ? [user] : [])),
      );
      const active = [...org.truth().users()].filter(({ status }) => status !== 'DEPROVISIONED');
      const expected = active.filter(
        ({ id }) => members.has(id) || direct.some(({ appId, user }) => appId === app.id && user.id === id),
      );
      assert.deepEqual(
        appUsers.map(({ id }) => id),
        expected.map(({ id }) => id),
      );
    }
    const truth = [...org.truth().access.appUsers()];
    assert.ok(truth.length > 300, 'some are direct');
    assert.deepEqual(direct, truth);
  });

  it('list a user that is assigned directly and through a group once, as USER', async () => {
    const { org } = simulator;
    const appId = org.access.apps.add();
    const userId = org.addUser();
    const groupId = org.addGroup();
    org.addMembership(groupId, userId);
    org.access.apps.assignGroup(appId, groupId);
    const scopes = async () =>
      (await listAll<OktaAppUser>(simulator, `/api/v1/apps/${appId}/users`)).map(({ id, scope }) => [
        id,
        scope,
      ]);
    assert.deepEqual(await scopes(), [[userId, 'GROUP']]);
    assert.equal(org.access.apps.assignUser(appId, userId), true);
    assert.equal(org.access.apps.assignUser(appId, userId), false);
    assert.deepEqual(await scopes(), [[userId, 'USER']]);
    org.removeMembership(groupId, userId);
    assert.deepEqual(await scopes(), [[userId, 'USER']]);
    assert.equal(org.access.apps.unassignUser(appId, userId), true);
    assert.deepEqual(await scopes(), []);
  });

  it('list assigned groups exactly as in the truth, some of them twice with another priority', async () => {
    const listed = [];
    let twice = 0;
    for (const app of simulator.org.truth().access.apps()) {
      const groups = await listAll<OktaAppGroup>(simulator, `/api/v1/apps/${app.id}/groups?limit=20`);
      listed.push(...groups.map((group) => ({ appId: app.id, group })));
      const ids = groups.map(({ id }) => id);
      if (new Set(ids).size < ids.length) twice++;
      assert.equal(new Set(groups.map(({ id, priority }) => `${id} ${priority}`)).size, ids.length);
    }
    assert.deepEqual(listed, [...simulator.org.truth().access.appGroups()]);
    assert.ok(twice > 0);
  });

  it("list a group's apps, each once, as many as its stats count", async () => {
    const { org } = simulator;
    const pairs = [...org.truth().access.appGroups()].map(({ appId, group }) => `${group.id} ${appId}`);
    const listed: string[] = [];
    const groups = await listAll<{ id: string; _embedded: { stats: { appsCount: number } } }>(
      simulator,
      '/api/v1/groups?expand=stats',
    );
    for (const { id, _embedded } of groups) {
      const ofGroup = await listAll<OktaApp>(simulator, `/api/v1/groups/${id}/apps?limit=3`);
      assert.equal(_embedded.stats.appsCount, ofGroup.length);
      listed.push(...ofGroup.map((app) => `${id} ${app.id}`));
    }
    assert.deepEqual(listed.sort(), [...new Set(pairs)].sort());
  });

  it('neither skip nor repeat users that stay assigned while others change', async () => {
    await withSimulator({ users: 600, groups: 30 }, async (own) => {
      const { org } = own;
      const appId = org.access.apps.add();
      org.access.apps.assignGroup(appId, org.everyone.id);
      const path = `/api/v1/apps/${appId}/users?limit=41`;
      const before = new Set((await listAll<OktaAppUser>(own, path)).map(({ id }) => id));
      const during = await listAll<OktaAppUser>(own, path, (_, number) => {
        org.churn({ seed: number, addUsers: 2, deleteUsers: 2, unassignAppUsers: 5 });
      });
      const ids = during.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      for (const { id } of await listAll<OktaAppUser>(own, path))
        if (before.has(id)) assert.ok(ids.includes(id), `${id} was skipped`);
    });
  });

  it('keep their assignments while INACTIVE, and some have no settings.app', () => {
    const withoutSettings = apps.filter(({ settings }) => !('app' in (settings as object)));
    assert.ok(withoutSettings.length > 2 && withoutSettings.length < apps.length / 2);
    const inactive = new Set(apps.flatMap(({ id, status }) => (status === 'INACTIVE' ? [id] : [])));
    const { access } = simulator.org.truth();
    assert.ok([...access.appGroups()].some(({ appId }) => inactive.has(appId)));
    assert.ok([...access.appUsers()].some(({ appId }) => inactive.has(appId)));
  });

  it('serve every secret that a sync must not store', async () => {
    const pages: string[] = [];
    for (const { id } of apps) {
      for (const path of ['', '/users?limit=500', '/groups'])
        pages.push((await call(simulator, `/api/v1/apps/${id}${path}`)).text);
    }
    for (const secret of Object.values(SERVED_SECRETS))
      assert.ok(
        pages.some((page) => page.includes(secret)),
        secret,
      );
  });

  it('answer 404 for an app that was deleted after it was listed', async () => {
    const { org } = simulator;
    const appId = org.access.apps.add();
    assert.ok((await listAll<OktaApp>(simulator, '/api/v1/apps')).some(({ id }) => id === appId));
    const groupId = org.addGroup();
    org.access.apps.assignGroup(appId, groupId);
    org.access.apps.setStatus(appId, 'INACTIVE');
    org.access.apps.delete(appId);
    const group = await call<{ _embedded: { stats: { appsCount: number } } }>(
      simulator,
      `/api/v1/groups/${groupId}?expand=stats`,
    );
    assert.equal(group.json._embedded.stats.appsCount, 0);
    for (const path of ['', '/users', '/groups'])
      assertOktaError(await call(simulator, `/api/v1/apps/${appId}${path}`), 404, 'E0000007');
    assertOktaError(await call(simulator, '/api/v1/groups/00gNothing/apps'), 404, 'E0000007');
    assertOktaError(await call(simulator, '/api/v1/apps/x/y'), 404, 'E0000007');
  });

  it('take the faults of pages', async () => {
    const { faults } = simulator;
    faults.set([{ match: { route: 'appUsers', nth: 1 }, action: { type: 'emptyPage' } }]);
    const app = apps[1] as OktaApp;
    const first = await call<unknown[]>(simulator, `/api/v1/apps/${app.id}/users`);
    assert.deepEqual(first.json, []);
    assert.equal((await call<unknown[]>(simulator, nextOf(first) ?? '')).json.length, 50);
    faults.clear();
  });
});
