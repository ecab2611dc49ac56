import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_USERS, assertOktaError, call, type Reply, withSimulator } from './httpClient';

describe('rate limits of the simulated org', () => {
  const header = (reply: Reply, name: string): string => String(reply.headers[`x-rate-limit-${name}`]);

  it('counts buckets separately, and members with groups', async () => {
    const limits = { users: 10, groups: 20, group: 30, user: 40 };
    await withSimulator({ users: 20, groups: 3, limits }, async (simulator) => {
      const groupId = simulator.org.everyone.id;
      const userId = simulator.org.addUser();
      const paths = [
        ALL_USERS,
        '/api/v1/groups',
        `/api/v1/groups/${groupId}/users`,
        `/api/v1/groups/${groupId}`,
        `/api/v1/users/${userId}`,
      ];
      const states = [];
      for (const path of paths) {
        const reply = await call(simulator, path);
        states.push([header(reply, 'limit'), header(reply, 'remaining')]);
      }
      assert.deepEqual(states, [
        ['10', '9'],
        ['20', '19'],
        ['20', '18'],
        ['30', '29'],
        ['40', '39'],
      ]);
      assert.deepEqual(simulator.stats.snapshot().byBucket, { users: 1, groups: 2, group: 1, user: 1 });
    });
  });

  it('returns 429 E0000047 without Retry-After above the limit, and 200 again after the reset', async () => {
    await withSimulator({ users: 20, windowMs: 700, limits: { users: 2 } }, async (simulator) => {
      await call(simulator, ALL_USERS);
      await call(simulator, ALL_USERS);
      const refused = await call(simulator, ALL_USERS);
      assertOktaError(refused, 429, 'E0000047');
      assert.equal(refused.headers['retry-after'], undefined);
      assert.equal(header(refused, 'remaining'), '0');
      const resetMs = Number(header(refused, 'reset')) * 1000;
      assert.ok(resetMs >= Date.now() && resetMs <= Date.now() + 1_700);
      await sleep(resetMs - Date.now() + 10);
      assert.equal((await call(simulator, ALL_USERS)).status, 200);
      assert.deepEqual(simulator.stats.snapshot().rateLimited, { limit: 1, concurrency: 0 });
    });
  });

  it('sends the headers with errors too', async () => {
    await withSimulator({ users: 20 }, async (simulator) => {
      const replies = [
        await call(simulator, '/api/v1/users/00uNobody'),
        await call(simulator, ALL_USERS, { token: 'another' }),
      ];
      for (const reply of replies) {
        for (const name of ['limit', 'remaining', 'reset']) assert.match(header(reply, name), /^\d+$/);
      }
    });
  });

  it('shifts Date and Reset by the clock skew', async () => {
    const skewMs = 3_600_000;
    await withSimulator({ users: 20, clockSkewMs: skewMs }, async (simulator) => {
      const reply = await call(simulator, ALL_USERS);
      const dateMs = Date.parse(String(reply.headers.date));
      assert.ok(Math.abs(dateMs - skewMs - Date.now()) < 5_000, new Date(dateMs).toISOString());
      const waitMs = Number(header(reply, 'reset')) * 1000 - dateMs;
      assert.ok(waitMs > 50_000 && waitMs <= 62_000, `${waitMs}`);
    });
  });

  it('sends headers with two values if configured, of which the smaller applies', async () => {
    await withSimulator({ users: 20, limits: { users: 90 }, doubledHeaders: true }, async (simulator) => {
      const reply = await call(simulator, ALL_USERS);
      assert.equal(header(reply, 'limit'), '100, 90');
      assert.equal(header(reply, 'remaining'), '99, 89');
      assert.match(header(reply, 'reset'), /^(\d+), \1$/);
    });
  });

  it('returns 429 with a limit of 0 above the concurrency limit, without counting the call', async () => {
    await withSimulator({ users: 20, maxConcurrent: 2, latencyMs: 100 }, async (simulator) => {
      const replies = await Promise.all([1, 2, 3].map(() => call(simulator, ALL_USERS)));
      const refused = replies.filter(({ status }) => status === 429);
      assert.equal(refused.length, 1);
      const [reply] = refused;
      assert.ok(reply);
      assert.equal(header(reply, 'limit'), '0');
      assert.equal(header(reply, 'remaining'), '0');
      const stats = simulator.stats.snapshot();
      assert.deepEqual(stats.rateLimited, { limit: 0, concurrency: 1 });
      assert.deepEqual(stats.byBucket, { users: 2 });
    });
  });

  it('waits its latency before each response', async () => {
    await withSimulator({ users: 20, latencyMs: 60, latencyJitterMs: 20 }, async (simulator) => {
      const startedAtMs = performance.now();
      await call(simulator, ALL_USERS);
      assert.ok(performance.now() - startedAtMs >= 59);
    });
  });

  it('counts calls by route, status and minute, and bytes, until a reset', async () => {
    await withSimulator({ users: 20 }, async (simulator) => {
      const listed = await call(simulator, ALL_USERS);
      const missing = await call(simulator, '/api/v1/users/00uNobody');
      const bytes = Buffer.byteLength(listed.text) + Buffer.byteLength(missing.text);
      assert.deepEqual(simulator.stats.snapshot(), {
        calls: 2,
        byRoute: { users: 1, user: 1 },
        byBucket: { users: 1, user: 1 },
        byStatus: { '200': 1, '404': 1 },
        rateLimited: { limit: 0, concurrency: 0 },
        bytes,
        maxConcurrent: 1,
        perMinute: [2],
      });
      simulator.stats.reset();
      assert.equal(simulator.stats.snapshot().calls, 0);
    });
  });
});
