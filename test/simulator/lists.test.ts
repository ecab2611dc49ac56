import assert from 'node:assert/strict';
import type { OktaGroup, OktaUser, Simulator } from '../../src/simulator';
import { startSimulator } from '../../src/simulator';
import { ALL_USERS, assertOktaError, call, groupIds, listAll, nextOf, userIds } from './httpClient';

describe('lists of the simulated org', () => {
  let simulator: Simulator;
  let users: OktaUser[];

  before(async () => {
    simulator = await startSimulator({ users: 2_300, groups: 60, memberships: 9_000 });
    users = [...simulator.org.truth().users()];
  });
  after(() => simulator.close());

  const idsOf = (matches: (user: OktaUser) => boolean): string[] => users.filter(matches).map(({ id }) => id);
  const search = (text: string): string => `/api/v1/users?search=${encodeURIComponent(text)}`;
  const filter = (text: string): string => `/api/v1/users?filter=${encodeURIComponent(text)}`;
  const groupFilter = (text: string): string => `/api/v1/groups?filter=${encodeURIComponent(text)}`;

  it('serves every user by search exactly as in the truth', async () => {
    assert.deepEqual(await listAll(simulator, ALL_USERS), users);
  });

  it('serves every group with its stats exactly as in the truth', async () => {
    const groups = await listAll<OktaGroup & { _embedded: { stats: { usersCount: number } } }>(
      simulator,
      '/api/v1/groups?limit=7&expand=stats',
    );
    const flat = groups.map(({ _embedded, ...group }) => ({
      ...group,
      usersCount: _embedded.stats.usersCount,
    }));
    assert.deepEqual(flat, [...simulator.org.truth().groups()]);
  });

  it('embeds stats only on request', async () => {
    const reply = await call<OktaGroup[]>(simulator, '/api/v1/groups?limit=5');
    assert.deepEqual(
      reply.json.map((group) => group._embedded),
      new Array(5).fill(undefined),
    );
  });

  it('serves the members of every group as complete users of every status', async () => {
    const byId = new Map(users.map((user) => [user.id, user]));
    const edges: [string, string][] = [];
    for (const { id } of simulator.org.truth().groups()) {
      for (const member of await listAll<OktaUser>(simulator, `/api/v1/groups/${id}/users`)) {
        assert.deepEqual(member, byId.get(member.id));
        edges.push([member.id, id]);
      }
    }
    assert.deepEqual(edges, [...simulator.org.truth().edges()]);
    const statuses = new Set(edges.map(([userId]) => byId.get(userId)?.status));
    assert.ok(statuses.has('DEPROVISIONED'));
  });

  it('leaves DEPROVISIONED users out of the plain list and q only', async () => {
    const present = idsOf(({ status }) => status !== 'DEPROVISIONED');
    assert.ok(present.length < users.length);
    assert.deepEqual(await userIds(simulator, '/api/v1/users'), present);

    const [deprovisioned] = users.filter(({ status }) => status === 'DEPROVISIONED');
    assert.ok(deprovisioned);
    const q = encodeURIComponent(String(deprovisioned.profile.email));
    assert.deepEqual(await userIds(simulator, `/api/v1/users?q=${q}`), []);
    assert.deepEqual(await userIds(simulator, filter(`id eq "${deprovisioned.id}"`)), [deprovisioned.id]);
    assert.deepEqual(
      await userIds(simulator, search('status eq "DEPROVISIONED"')),
      idsOf((u) => u.status === 'DEPROVISIONED'),
    );
    assert.deepEqual(
      await userIds(simulator, filter('(status eq "DEPROVISIONED" )')),
      idsOf((u) => u.status === 'DEPROVISIONED'),
    );
  });

  it('compares lastUpdated in search and filter, joined by and and or', async () => {
    const middle = users[1_000]?.lastUpdated ?? '';
    assert.deepEqual(
      await userIds(simulator, search(`lastUpdated ge "${middle}"`)),
      idsOf((u) => u.lastUpdated >= middle),
    );
    assert.deepEqual(
      await userIds(simulator, search(`lastUpdated gt "${middle}"`)),
      idsOf((u) => u.lastUpdated > middle),
    );
    assert.deepEqual(
      await userIds(simulator, filter(`lastUpdated lt "${middle}"`)),
      idsOf((u) => u.lastUpdated < middle),
    );
    assert.deepEqual(
      await userIds(simulator, filter(`lastUpdated le "${middle}"`)),
      idsOf((u) => u.lastUpdated <= middle),
    );
    assert.deepEqual(
      await userIds(
        simulator,
        search(`lastUpdated eq "${middle}" or status eq "STAGED" and lastUpdated gt "${middle}"`),
      ),
      idsOf((u) => u.lastUpdated === middle || (u.status === 'STAGED' && u.lastUpdated > middle)),
    );
  });

  it('rejects an expression that Okta does not document', async () => {
    for (const text of [
      'status pr',
      'lastUpdated gt "yesterday"',
      'status gt "A"',
      'shoeSize eq "44"',
      'id eq "a" and',
      '(id eq "a"',
      '',
    ]) {
      assertOktaError(await call(simulator, search(text)), 400, 'E0000031');
      assertOktaError(await call(simulator, filter(text)), 400, 'E0000001');
      assertOktaError(await call(simulator, groupFilter(text)), 400, 'E0000001');
    }
  });

  it('sorts only the results of a search', async () => {
    const sorted = users.map((u) => u.lastUpdated).sort();
    const order = '&sortBy=lastUpdated&limit=150';
    const listed = async (path: string): Promise<string[]> =>
      (await listAll<OktaUser>(simulator, path)).map((u) => u.lastUpdated);
    assert.deepEqual(await listed(`${ALL_USERS}${order}`), sorted);
    assert.deepEqual(await listed(`${ALL_USERS}${order}&sortOrder=desc`), sorted.toReversed());
    assert.deepEqual(
      await userIds(simulator, `/api/v1/users?sortBy=lastUpdated`),
      idsOf((u) => u.status !== 'DEPROVISIONED'),
    );
  });

  it('filters groups by id, type, lastUpdated and lastMembershipUpdated', async () => {
    const groups = [...simulator.org.truth().groups()];
    const idsWhere = (matches: (group: OktaGroup) => boolean): string[] =>
      groups.filter(matches).map(({ id }) => id);
    const since = groups[30]?.lastMembershipUpdated ?? '';
    assert.deepEqual(
      await groupIds(simulator, groupFilter(`lastMembershipUpdated gt "${since}"`)),
      idsWhere((g) => g.lastMembershipUpdated > since),
    );
    assert.deepEqual(
      await groupIds(simulator, groupFilter(`type eq "APP_GROUP" and lastUpdated le "${since}"`)),
      idsWhere((g) => g.type === 'APP_GROUP' && g.lastUpdated <= since),
    );
    assert.deepEqual(await groupIds(simulator, groupFilter('type eq "BUILT_IN"')), [
      simulator.org.everyone.id,
    ]);
  });

  it('limits pages to 200 users, 10,000 groups and 1,000 members, even for a larger limit', async () => {
    const sizeOf = async (path: string): Promise<number> =>
      (await call<unknown[]>(simulator, path)).json.length;
    const members = `/api/v1/groups/${simulator.org.everyone.id}/users`;
    assert.equal(await sizeOf('/api/v1/users'), 200);
    assert.equal(await sizeOf('/api/v1/users?limit=1000'), 200);
    assert.equal(await sizeOf('/api/v1/users?limit=3'), 3);
    assert.equal(await sizeOf(members), 1000);
    assert.equal(await sizeOf(`${members}?limit=5000`), 1000);
    assert.equal(await sizeOf('/api/v1/groups'), 60);
    assertOktaError(await call(simulator, '/api/v1/users?limit=none'), 400, 'E0000001');
    assertOktaError(await call(simulator, '/api/v1/groups?limit=0'), 400, 'E0000001');
  });

  it('keeps limit, expand and filter in the next link', async () => {
    const reply = await call(simulator, `${groupFilter('type eq "OKTA_GROUP"')}&limit=4&expand=stats`);
    const next = new URL(nextOf(reply) ?? '').searchParams;
    assert.deepEqual([...next.keys()], ['filter', 'limit', 'expand', 'after']);
    assert.equal(next.get('filter'), 'type eq "OKTA_GROUP"');
  });

  it('serves one user by id and by login, and one group with its stats', async () => {
    const [user] = users;
    assert.ok(user);
    assert.deepEqual((await call(simulator, `/api/v1/users/${user.id}`)).json, user);
    const login = encodeURIComponent(String(user.profile.login).toUpperCase());
    assert.deepEqual((await call(simulator, `/api/v1/users/${login}`)).json, user);
    const group = await call<{ _embedded: { stats: { usersCount: number } } }>(
      simulator,
      `/api/v1/groups/${simulator.org.everyone.id}?expand=stats`,
    );
    assert.equal(group.json._embedded.stats.usersCount, 2_300);
  });

  it('returns 404 E0000007 for unknown ids and paths', async () => {
    for (const path of [
      '/users/00uNobody',
      '/groups/00gNothing',
      '/groups/00gNothing/users',
      '/devices',
      '/users/%zz',
    ]) {
      assertOktaError(await call(simulator, `/api/v1${path}`), 404, 'E0000007');
    }
  });

  it('returns 401 E0000011 for any other token', async () => {
    assertOktaError(await call(simulator, '/api/v1/users', { token: 'another' }), 401, 'E0000011');
    assertOktaError(await call(simulator, '/simulator/stats', { token: 'another' }), 401, 'E0000011');
  });

  it('serves its organization without a token, in no rate limit bucket', async () => {
    const reply = await call<Record<string, unknown>>(simulator, '/.well-known/okta-organization', {
      token: '',
    });
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.json, {
      id: simulator.org.id,
      _links: { organization: { href: simulator.origin } },
      pipeline: 'idx',
    });
    assert.equal(reply.headers['x-rate-limit-limit'], undefined);
  });

  it('gives every response a request id', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await call(simulator, ALL_USERS)).headers['x-okta-request-id']),
    );
    assert.equal(new Set(ids).size, 3);
  });
});
