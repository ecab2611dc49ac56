import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule, OktaGroup, OktaUser, Simulator } from '../../src/simulator';
import { startSimulator } from '../../src/simulator';
import { ALL_USERS, assertOktaError, call, nextOf, userIds, type Reply } from './httpClient';

describe('faults of the simulated org', () => {
  let simulator: Simulator;
  let members: string;

  before(async () => {
    simulator = await startSimulator({ users: 500, groups: 20 });
    members = `/api/v1/groups/${simulator.org.everyone.id}/users`;
  });
  afterEach(() => simulator.faults.clear());
  after(() => simulator.close());

  const fail = (action: FaultRule['action'], match: FaultRule['match'] = {}): void =>
    simulator.faults.set([{ match, action }]);
  const statuses = async (count: number, path = ALL_USERS): Promise<number[]> => {
    const seen = [];
    for (let i = 0; i < count; i++) seen.push((await call(simulator, path)).status);
    return seen;
  };

  it('returns any Okta error, with rate limit headers', async () => {
    fail({ type: 'error', status: 503, errorCode: 'E0000010', errorSummary: 'Read only' });
    const reply = await call(simulator, ALL_USERS);
    assertOktaError(reply, 503, 'E0000010');
    assert.match(String(reply.headers['x-rate-limit-remaining']), /^\d+$/);
  });

  it('fires on the nth call, after some calls, a number of times or by chance, and reports how often', async () => {
    fail({ type: 'error', status: 500 }, { nth: 2 });
    assert.deepEqual(await statuses(3), [200, 500, 200]);
    fail({ type: 'error', status: 500 }, { after: 1, times: 1 });
    assert.deepEqual(await statuses(3), [200, 500, 200]);
    fail({ type: 'error', status: 500 }, { probability: 0.5 });
    const failed = (await statuses(40)).filter((status) => status === 500).length;
    assert.ok(failed > 5 && failed < 35, `${failed} have failed`);
    assert.deepEqual(simulator.faults.report(), [{ name: 'error', matched: 40, fired: failed }]);
  });

  it('fires on a path, a route, a large page, or a call with expand', async () => {
    fail(
      { type: 'error', status: 404, errorCode: 'E0000007' },
      { path: /^\/api\/v1\/groups\/[^/]+\/users/g },
    );
    assert.deepEqual([...(await statuses(2, members)), ...(await statuses(1))], [404, 404, 200]);
    fail({ type: 'error', status: 500 }, { route: 'group' });
    assert.deepEqual(
      [...(await statuses(1, members.replace('/users', ''))), ...(await statuses(1, members))],
      [500, 200],
    );
    fail({ type: 'error', status: 500 }, { limitOver: 100 });
    assert.deepEqual(
      [...(await statuses(1, '/api/v1/groups?limit=100')), ...(await statuses(1, '/api/v1/groups'))],
      [200, 500],
    );
    fail({ type: 'error', status: 500 }, { hasExpand: true });
    assert.deepEqual(
      [...(await statuses(1, '/api/v1/groups?expand=stats')), ...(await statuses(1, '/api/v1/groups'))],
      [500, 200],
    );
  });

  it('returns HTML, also with status 200', async () => {
    fail({ type: 'html', status: 200 });
    const reply = await call(simulator, ALL_USERS);
    assert.equal(reply.status, 200);
    assert.match(String(reply.headers['content-type']), /^text\/html/);
    assert.match(reply.text, /^<!DOCTYPE html>/);
  });

  it('redirects to another origin', async () => {
    fail({ type: 'redirect', location: 'https://elsewhere.example/login' });
    const reply = await call(simulator, ALL_USERS);
    assert.equal(reply.status, 302);
    assert.equal(reply.headers.location, 'https://elsewhere.example/login');
  });

  it('resets the connection before a response', async () => {
    fail({ type: 'reset' });
    await assert.rejects(call(simulator, ALL_USERS), { code: 'ECONNRESET' });
  });

  it('closes the connection in the middle of a body', async () => {
    fail({ type: 'truncate' });
    await assert.rejects(call(simulator, ALL_USERS), { code: 'ECONNRESET' });
  });

  it('truncates the JSON of a complete response', async () => {
    fail({ type: 'invalidJson' });
    const reply = await call(simulator, ALL_USERS);
    assert.equal(reply.status, 200);
    assert.throws(() => reply.json, SyntaxError);
  });

  it('delays a response', async () => {
    fail({ type: 'delay', delayMs: 80 });
    const startedAtMs = performance.now();
    await call(simulator, ALL_USERS);
    assert.ok(performance.now() - startedAtMs >= 79);
  });

  it('stalls in the middle of a body', async () => {
    fail({ type: 'stall' });
    const response = await fetch(simulator.origin + ALL_USERS, {
      headers: { authorization: `SSWS ${simulator.token}` },
    });
    assert.equal(response.status, 200);
    const outcome = await Promise.race([response.text(), sleep(100, 'stalled')]);
    assert.equal(outcome, 'stalled');
    await response.body?.cancel().catch(() => {});
  });

  it('sends a next link to another origin', async () => {
    fail({ type: 'foreignNext', origin: 'https://elsewhere.example' });
    for (const path of [ALL_USERS, '/api/v1/groups']) {
      assert.equal(new URL(nextOf(await call(simulator, path)) ?? '').origin, 'https://elsewhere.example');
    }
  });

  it('sends a next link to the same page', async () => {
    fail({ type: 'samePage' }, { times: 2 });
    const ids = await userIds(simulator, ALL_USERS);
    assert.equal(ids.length, 500 + 2 * 200);
    assert.equal(new Set(ids).size, 500);
  });

  it('repeats the last item of a page on the next page', async () => {
    fail({ type: 'repeatItem' });
    const ids = await userIds(simulator, ALL_USERS);
    assert.equal(ids.length, 502);
    assert.equal(ids[199], ids[200]);
  });

  it('inserts an empty page with a next link', async () => {
    fail({ type: 'emptyPage' }, { nth: 2 });
    assert.deepEqual(
      await userIds(simulator, ALL_USERS),
      [...simulator.org.truth().users()].map(({ id }) => id),
    );
    assert.equal(simulator.faults.report()[0]?.matched, 4);
  });

  it('returns an empty list without a next link', async () => {
    fail({ type: 'emptyList' });
    assert.deepEqual(await userIds(simulator, ALL_USERS), []);
  });

  it('inserts malformed items into a page', async () => {
    const items = [{ id: 7 }, null, 'text', { profile: {} }, []];
    fail({ type: 'inject', items }, { nth: 1 });
    const page = (await call<OktaUser[]>(simulator, `${ALL_USERS}&limit=4`)).json;
    assert.equal(page.length, 9);
    assert.deepEqual(page.slice(2, 7), items);
  });

  it('hides a share of the members, or all, while usersCount stays', async () => {
    fail({ type: 'hideMembers', share: 0.3 }, { route: 'members' });
    const seen = await userIds(simulator, members);
    assert.ok(seen.length > 300 && seen.length < 400, `${seen.length} were seen`);
    assert.deepEqual(await userIds(simulator, members), seen);
    fail({ type: 'hideMembers', share: 1 }, { route: 'members' });
    const reply = await call(simulator, members);
    assert.deepEqual(reply.json, []);
    assert.equal(nextOf(reply), undefined);
    const group = await call<{ _embedded: { stats: { usersCount: number } } }>(
      simulator,
      `${members.replace('/users', '')}?expand=stats`,
    );
    assert.equal(group.json._embedded.stats.usersCount, 500);
  });

  it('gives a usersCount that lags behind', async () => {
    fail({ type: 'usersCount', is: 0 }, { route: 'group' });
    type Stats = { _embedded: { stats: { usersCount: number } } };
    const group = await call<Stats>(simulator, `${members.replace('/users', '')}?expand=stats`);
    assert.equal(group.json._embedded.stats.usersCount, 0);
  });

  it('leaves usersCount out of the stats', async () => {
    fail({ type: 'noUsersCount' });
    const [group] = (
      await call<(OktaGroup & { _embedded: { stats: object } })[]>(simulator, '/api/v1/groups?expand=stats')
    ).json;
    assert.deepEqual(Object.keys(group?._embedded.stats ?? {}), [
      'appsCount',
      'groupPushMappingsCount',
      'hasAdminPrivilege',
      '_links',
    ]);
  });

  it('changes the date of one response only', async () => {
    const date = 'Thu, 01 Jan 1970 00:00:00 GMT';
    simulator.faults.set([{ match: { nth: 1 }, action: { type: 'date', date } }]);
    const first = await call(simulator, '/api/v1/users');
    const second = await call(simulator, '/api/v1/users');
    assert.equal(first.headers.date, date);
    assert.ok(Date.parse(String(second.headers.date)) > Date.parse(date));
  });

  it('rejects an unknown rule, and keeps the old ones', () => {
    fail({ type: 'reset' });
    const unknown = { match: {}, action: { type: 'explode' } } as unknown as FaultRule;
    assert.throws(() => simulator.faults.set([unknown]), { name: 'ZodError', message: /action/ });
    assert.equal(simulator.faults.report().length, 1);
  });

  it('holds an outdated response until it is released', async () => {
    const { everyone } = simulator.org;
    const [userId = '', groupId = ''] =
      [...simulator.org.truth().edges()].find(([, group]) => group !== everyone.id) ?? [];
    const path = `/api/v1/groups/${groupId}/users`;
    fail({ type: 'late' }, { times: 1 });
    let isAnswered = false;
    const idsIn = ({ json }: Reply<OktaUser[]>) => json.map(({ id }) => id);
    const held = call<OktaUser[]>(simulator, path).finally(() => (isAnswered = true));
    while (simulator.faults.report()[0]?.fired !== 1) await sleep(5);
    simulator.org.removeMembership(groupId, userId);
    assert.ok(!idsIn(await call<OktaUser[]>(simulator, path)).includes(userId));
    assert.equal(isAnswered, false);
    simulator.faults.release();
    assert.ok(idsIn(await held).includes(userId));
  });
});
