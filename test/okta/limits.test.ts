import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import type { OktaWait } from '../../src/contract';
import { apiFor, assertFails, idsOf, newContext, pagesOf, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';
import { limitHeaders, withServer } from './support/server';

const REFUSED = {
  errorCode: 'E0000047',
  errorSummary: 'API call exceeded rate limit due to too many requests.',
};

describe('the rate limits of Okta', () => {
  const { askedForMs } = shortenPauses();

  it('are waited out after a 429, until a second after the reset, and the request is no failure', async () => {
    await withServer(
      (_, nth) =>
        nth === 1
          ? { status: 429, body: REFUSED, headers: limitHeaders(10, 0, 0) }
          : { body: { id: '00u1' }, headers: limitHeaders(10, 9, 60) },
      async ({ domain, calls }) => {
        const api = apiFor(domain);
        const context = newContext();
        const startedAt = performance.now();
        assert.equal((await api.user('00u1', context))?.json, '{"id":"00u1"}');
        const tookMs = performance.now() - startedAt;
        assert.ok(tookMs >= 950, `${tookMs} ms`);
        assert.equal(calls.length, 2);
        const { rateLimited, retries, waitedMs } = context.usage;
        assert.deepEqual([rateLimited, retries], [1, 0]);
        assert.ok(waitedMs >= 950 && waitedMs <= tookMs, `${waitedMs} of ${tookMs} ms`);
        api.close();
      },
    );
  });

  it('are not run into: what the capacity leaves to others is left', async () => {
    await withOrg({ users: 30, limits: { user: 20 } }, async (_, { domain, org, stats }) => {
      const api = apiFor(domain, { maxApiCapacityPercent: 50 });
      const abort = new AbortController();
      const context = newContext(abort.signal);
      const reads = [...org.truth().users()].map(({ id }) => api.user(id, context));
      const settled = Promise.allSettled(reads);
      await Promise.all(reads.slice(0, 10));
      abort.abort(new Error('enough'));
      await settled;
      assert.equal(stats.snapshot().calls, 10);
      assert.equal(stats.snapshot().rateLimited.limit, 0);
      api.close();
    });
  });

  it('are understood in doubled headers', async () => {
    await withOrg({ users: 30, limits: { user: 10 }, doubledHeaders: true }, async (api, { org, stats }) => {
      const abort = new AbortController();
      const reads = [...org.truth().users()].map(({ id }) => api.user(id, newContext(abort.signal)));
      const settled = Promise.allSettled(reads);
      await Promise.all(reads.slice(0, 10));
      abort.abort();
      await settled;
      assert.deepEqual(stats.snapshot().rateLimited, { limit: 0, concurrency: 0 });
    });
  });

  it('are handed on when the bucket is closed for more than two minutes', async () => {
    await withServer(
      () => ({ status: 429, body: REFUSED }),
      async ({ domain, calls }) => {
        const api = apiFor(domain, { retryPauseMs: 300_000 });
        const context = newContext();
        const error = await assertFails(api.users(undefined, context), 'OKTA_RATE_LIMITED');
        assert.equal(error.retryable, true);
        assert.ok(Math.abs((error.retryAfterMs ?? 0) - 600_000) < 2000, `${error.retryAfterMs}`);
        assert.equal(calls.length, 1, 'nothing is sent into a closed bucket');
        assert.deepEqual([context.usage.rateLimited, context.usage.retries], [1, 0]);
        await assertFails(api.users(undefined, context), 'OKTA_RATE_LIMITED');
        assert.equal(calls.length, 1);
        api.close();
      },
    );
  });

  it('are waited for longer than they state where a 429 follows the wait that the one before has named', async () => {
    const stop = new AbortController();
    const waitsMs: number[] = [];
    await withServer(
      () => ({ status: 429, body: REFUSED, headers: limitHeaders(10, 0, 1) }),
      async ({ domain, calls }) => {
        const api = apiFor(domain, { retryPauseMs: 20_000 });
        const waits = ({ until }: OktaWait): void => {
          waitsMs[calls.length - 1] ??= Date.parse(until) - Date.now();
          if (calls.length === 2) setImmediate(() => stop.abort(new Error('seen')));
        };
        await assert.rejects(api.users(undefined, { ...newContext(stop.signal), waits }), /^Error: seen$/);
        assert.equal(calls.length, 2);
        const [first = 0, second = 0] = waitsMs;
        assert.ok(first > 0 && first <= 2_000, `${first} ms`);
        assert.ok(second > 30_000 && second <= 40_000, `${second} ms`);
        api.close();
      },
    );
  });

  const ENDLESS: readonly [what: string, headers: () => OutgoingHttpHeaders][] = [
    ['of concurrency', () => limitHeaders(0, 0, 60)],
    ['of a window that is open', () => limitHeaders(100, 50, 60)],
    ['without headers', () => ({})],
  ];
  for (const [what, headers] of ENDLESS) {
    it(`are a failure to be retried when refusals ${what} do not end, and each pause is longer than the last`, async () => {
      const atMs: number[] = [];
      await withServer(
        () => {
          atMs.push(performance.now());
          return { status: 429, body: REFUSED, headers: headers() };
        },
        async ({ domain }) => {
          const api = apiFor(domain, { retryPauseMs: 2 });
          const context = newContext();
          const error = await assertFails(api.users(undefined, context), 'OKTA_RATE_LIMITED');
          assert.deepEqual([error.retryable, error.retryAfterMs], [true, undefined]);
          const { rateLimited, requests, retries } = context.usage;
          assert.deepEqual([rateLimited, requests.users, retries, atMs.length], [8, 8, 0, 8]);
          const pauses = what === 'of concurrency' ? askedForMs : gapsOf(atMs);
          // From 2 base pauses up to 120 of them; those of the concurrency limit are spread by half.
          assert.equal(pauses.length, 7, 'a pause between each of the requests');
          for (const [i, pauseMs] of pauses.entries()) {
            const leastMs = Math.min(120, 2 ** (i + 1)) * (what === 'of concurrency' ? 1 : 2);
            assert.ok(pauseMs >= leastMs - 1, `pause ${i + 1} took ${pauseMs} ms of ${leastMs}`);
          }
          api.close();
        },
      );
    });
  }
});

/** Times between events. */
function gapsOf(atMs: readonly number[]): number[] {
  return atMs.slice(1).map((ms, i) => ms - (atMs[i] ?? 0));
}

describe('the concurrency limit of Okta', () => {
  const { askedForMs } = shortenPauses();

  it('costs a second, not the window that its headers guess at', async () => {
    await withServer(
      (_, nth) =>
        nth === 1
          ? { status: 429, body: REFUSED, headers: limitHeaders(0, 0, 60) }
          : { headers: limitHeaders(10, 9, 60) },
      async ({ domain, calls }) => {
        const api = apiFor(domain);
        const context = newContext();
        await api.users(undefined, context);
        assert.equal(calls.length, 2);
        assert.equal(askedForMs.length, 1);
        assert.ok((askedForMs[0] ?? 0) >= 500 && (askedForMs[0] ?? 0) <= 1500, `${askedForMs[0]} ms`);
        assert.deepEqual([context.usage.rateLimited, context.usage.retries], [1, 0]);
        assert.ok(context.usage.waitedMs > 0, 'the time waited is counted');
        api.close();
      },
    );
  });

  it('lowers what runs at once, until all is read', async () => {
    await withOrg({ users: 40, maxConcurrent: 2, latencyMs: 3 }, async (_, { domain, org, stats }) => {
      const api = apiFor(domain, { maxConcurrency: 12 });
      const context = newContext();
      await api.users(undefined, context);
      const ids = [...org.truth().users()].map(({ id }) => id);
      const found = await Promise.all(ids.map((id) => api.user(id, context)));
      assert.deepEqual(
        found.map((user) => (user?.value as { id: string }).id),
        ids,
      );
      const { rateLimited } = stats.snapshot();
      assert.ok(rateLimited.concurrency > 0, 'the limit on parallel requests must have been met');
      assert.ok(rateLimited.concurrency < ids.length / 2, `${rateLimited.concurrency} were refused`);
      assert.equal(context.usage.rateLimited, rateLimited.concurrency);
      api.close();
    });
  });

  it('is kept by one worker itself, however many ask', async () => {
    await withOrg({ users: 40, latencyMs: 3 }, async (_, { domain, org, stats }) => {
      const api = apiFor(domain, { maxConcurrency: 3 });
      await Promise.all([...org.truth().users()].map(({ id }) => api.user(id, newContext())));
      assert.equal(stats.snapshot().maxConcurrent, 3);
      api.close();
    });
  });

  it('does not end a list', async () => {
    await withOrg({ users: 450 }, async (api, { org, faults }) => {
      const headers = { 'X-Rate-Limit-Limit': '0', 'X-Rate-Limit-Remaining': '0' };
      faults.set([
        { match: { nth: 2 }, action: { type: 'error', status: 429, errorCode: 'E0000047', headers } },
      ]);
      const pages = await pagesOf((cursor) => api.users(cursor, newContext()));
      assert.equal(new Set(idsOf(pages)).size, org.truth().counts.users);
    });
  });
});

describe('a heartbeat', () => {
  it('beats every few seconds while a call is in progress, and not after it', async () => {
    const timers = new Map<object, { beat: () => void; everyMs: number | undefined }>();
    const { setInterval: start, clearInterval: stop } = globalThis;
    const context = newContext();
    globalThis.setInterval = ((beat: () => void, everyMs?: number) => {
      const timer = start(beat, everyMs);
      timers.set(timer, { beat, everyMs });
      return timer;
    }) as typeof setInterval;
    globalThis.clearInterval = ((timer: NodeJS.Timeout) => {
      timers.delete(timer);
      stop(timer);
    }) as typeof clearInterval;
    try {
      await withServer(
        () => {
          for (const { beat, everyMs } of timers.values()) if (everyMs === 5000) beat();
          return { headers: limitHeaders(10, 9, 60) };
        },
        async ({ domain }) => {
          const api = apiFor(domain);
          await api.users(undefined, context);
          api.close();
        },
      );
    } finally {
      Object.assign(globalThis, { setInterval: start, clearInterval: stop });
    }
    assert.equal(context.beats, 1);
    assert.ok(
      [...timers.values()].every(({ everyMs }) => everyMs !== 5000),
      'the heartbeat continues after the call',
    );
  });
});
