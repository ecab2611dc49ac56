import assert from 'node:assert/strict';
import { startSimulator, type FaultRule } from '../../src/simulator';
import { apiFor, assertFails, idsOf, newContext, pagesOf, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';
import { withServer } from './support/server';

const ATTEMPTS = 5;

type Action = FaultRule['action'];

describe('requests that fail', () => {
  const { askedForMs } = shortenPauses();

  const PASSING: readonly [what: string, action: Action][] = [
    ['a connection that breaks', { type: 'reset' }],
    ['an answer that breaks off', { type: 'truncate' }],
    ['HTML with 200', { type: 'html', status: 200 }],
    ['HTML with 502', { type: 'html', status: 502 }],
    ['JSON that is cut', { type: 'invalidJson' }],
    ['503 for maintenance', { type: 'error', status: 503, errorCode: 'E0000010' }],
    ['500', { type: 'error', status: 500 }],
  ];
  for (const [what, action] of PASSING) {
    it(`are repeated after ${what}`, async () => {
      await withOrg({ users: 250, groups: 2 }, async (api, { org, faults }) => {
        faults.set([{ match: { nth: 2 }, action }]);
        const context = newContext();
        const pages = await pagesOf((cursor) => api.users(cursor, context));
        const everyone = [...org.truth().users()].map(({ id }) => id);
        assert.deepEqual(idsOf(pages).sort(), everyone.sort());
        assert.equal(context.usage.retries, 1);
        assert.equal(context.usage.requests.users, 3);
      });
    });
  }

  const LASTING: readonly [what: string, action: Action, code: Parameters<typeof assertFails>[1]][] = [
    ['a connection that breaks', { type: 'reset' }, 'OKTA_UNREACHABLE'],
    ['an answer that breaks off', { type: 'truncate' }, 'OKTA_ANSWER_TOO_LARGE'],
    ['HTML with 200', { type: 'html', status: 200 }, 'OKTA_UNREADABLE_ANSWER'],
    ['JSON that is cut', { type: 'invalidJson' }, 'OKTA_UNREADABLE_ANSWER'],
    ['500', { type: 'error', status: 500 }, 'OKTA_SERVER_ERROR'],
    ['503', { type: 'html', status: 503 }, 'OKTA_SERVER_ERROR'],
  ];
  for (const [what, action, code] of LASTING) {
    it(`are given up after ${ATTEMPTS} attempts with ${what}, each a longer pause after the last`, async () => {
      await withOrg({ users: 3 }, async (api, { org, faults, stats }) => {
        faults.set([{ match: {}, action }]);
        const context = newContext();
        const [user] = org.truth().users();
        const error = await assertFails(api.user(user?.id ?? '', context), code);
        assert.equal(error.retryable, true, 'another time it may succeed');
        assert.equal(stats.snapshot().calls, ATTEMPTS);
        assert.equal(context.usage.requests.user, ATTEMPTS);
        assert.equal(context.usage.retries, ATTEMPTS - 1);
        const ranges = askedForMs.map((ms, i) => ms >= 250 * 2 ** i && ms <= 750 * 2 ** i);
        assert.deepEqual(ranges, [true, true, true, true], askedForMs.join());
      });
    });
  }

  it('are repeated when nobody listens', async () => {
    const simulator = await startSimulator({ users: 1 });
    await simulator.close();
    const api = apiFor(simulator.domain);
    const context = newContext();
    const error = await assertFails(api.users(undefined, context), 'OKTA_UNREACHABLE');
    assert.match(error.message, /ECONNREFUSED/);
    assert.equal(context.usage.retries, ATTEMPTS - 1);
    api.close();
  });

  it('end at once when the caller gives up during a pause, with the reason of the caller', async () => {
    await withOrg({ users: 3 }, async (api, { faults, stats }) => {
      const abort = new AbortController();
      faults.set([{ match: {}, action: { type: 'error', status: 500 } }]);
      const request = api.user('00u1', newContext(abort.signal));
      while (askedForMs.length === 0) await new Promise(setImmediate);
      abort.abort(new Error('cancelled by an operator'));
      await assert.rejects(request, /cancelled by an operator/);
      assert.equal(stats.snapshot().calls, 1);
    });
  });

  it('end at once when the caller gives up while an answer stalls', async () => {
    await withOrg({ users: 3 }, async (api, { faults, stats }) => {
      const abort = new AbortController();
      faults.set([{ match: {}, action: { type: 'stall' } }]);
      const request = api.users(undefined, newContext(abort.signal));
      while (stats.snapshot().calls === 0) await new Promise(setImmediate);
      abort.abort(new Error('cancelled by an operator'));
      await assert.rejects(request, /cancelled by an operator/);
    });
  });
});

describe('a page that is too heavy for Okta', () => {
  shortenPauses();

  it('is asked for in halves, twice each, and the list continues with the size that succeeded', async () => {
    await withOrg({ users: 120 }, async (api, { org, faults, stats }) => {
      faults.set([{ match: { limitOver: 50 }, action: { type: 'error', status: 500 } }]);
      const context = newContext();
      const pages = await pagesOf((cursor) => api.users(cursor, context));
      assert.deepEqual(
        pages.map(({ items }) => items.length),
        [50, 50, 20],
      );
      assert.equal(new Set(idsOf(pages)).size, org.truth().counts.users);
      assert.equal(stats.snapshot().calls, 2 + 2 + 3, '200 and 100 twice, 50 three times');
      assert.equal(context.usage.retries, 2);
    });
  });

  it('is read without stats when Okta cannot count', async () => {
    await withOrg({ users: 60, groups: 40 }, async (api, { faults }) => {
      faults.set([{ match: { hasExpand: true }, action: { type: 'error', status: 500 } }]);
      const pages = await pagesOf((cursor) => api.groups(cursor, newContext()));
      assert.deepEqual(
        pages.map(({ items }) => items.length),
        [25, 15],
      );
      for (const { value } of pages.flatMap(({ items }) => items))
        assert.ok(!('_embedded' in (value as object)), 'a group has stats');
    });
  });

  it('asks for the counts again on the next page, where Okta can count again', async () => {
    await withOrg({ users: 60, groups: 40 }, async (api, { faults }) => {
      const fails = { match: { hasExpand: true, times: 8 }, action: { type: 'error', status: 500 } } as const;
      faults.set([fails]);
      const pages = await pagesOf((cursor) => api.groups(cursor, newContext()));
      const counted = pages.map(({ items }) => items.every(({ value }) => '_embedded' in (value as object)));
      assert.deepEqual(counted, [false, true]);
    });
  });

  it('is shrunk as well when it breaks off time and again', async () => {
    await withOrg({ users: 60, groups: 2 }, async (api, { org, faults }) => {
      faults.set([{ match: { limitOver: 500 }, action: { type: 'truncate' } }]);
      const pages = await pagesOf((cursor) => api.members(org.everyone.id, cursor, newContext()));
      assert.equal(idsOf(pages).length, 60);
    });
  });

  it('is shrunk as well when it is larger than a worker can hold', async () => {
    const huge = Buffer.alloc(65 * 1024 * 1024, ' ');
    await withServer(
      ({ path }) => ({ body: path.includes('limit=200') ? huge : [{ id: '00u1' }] }),
      async ({ domain, calls }) => {
        const api = apiFor(domain);
        const { items } = await api.users(undefined, newContext());
        assert.equal(items.length, 1);
        assert.deepEqual(
          calls.map(({ path }) => /limit=\d+/.exec(path)?.[0]),
          ['limit=200', 'limit=200', 'limit=100'],
        );
        api.close();
      },
    );
  });

  it('is given up when its smallest form fails too', async () => {
    await withOrg({ users: 60, groups: 2 }, async (api, { org, faults, stats }) => {
      faults.set([{ match: { route: 'members' }, action: { type: 'error', status: 500 } }]);
      await assertFails(api.members(org.everyone.id, undefined, newContext()), 'OKTA_SERVER_ERROR');
      // 1000, 500, 250, 125, 62 and 31 twice each, then 25.
      assert.equal(stats.snapshot().calls, 6 * 2 + ATTEMPTS);
    });
  });
});
