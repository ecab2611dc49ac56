import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OktaWait } from '../../src/contract';
import { BucketWindow } from '../../src/okta/limits/rateLimit';
import {
  LONGEST_USUAL_MS,
  LONGEST_WINDOW_MS,
  readRateLimitHeaders,
  RESET_MARGIN_MS,
  USUAL_WINDOW_MS,
} from '../../src/okta/limits/rateLimitHeaders';
import { startSimulator, type SettingsChange, type Simulator } from '../../src/simulator';
import { apiFor, newContext, TOKEN } from './support/api';

const LONGEST_MS = LONGEST_WINDOW_MS + RESET_MARGIN_MS;
const BASE_MS = 500;
/** The pause after which no longer one follows. */
const LONGEST_PAUSE_MS = 120 * BASE_MS;

/** Anything that may stand in a header, much of it near what is right. */
const headerText = fc.oneof(
  fc.integer({ min: -5, max: 1200 }).map(String),
  fc.integer().map(String),
  fc.bigInt({ min: 0n, max: 10n ** 400n }).map(String),
  fc.string(),
  fc.constantFrom('', 'NaN', '1e9', '-1', '100, 90', '0x10', '∞'),
);
const resetText = (nowMs: number) =>
  fc.oneof(
    fc.integer({ min: -100_000, max: 100_000 }).map((offS) => String(Math.floor(nowMs / 1000) + offS)),
    fc.integer({ min: -100_000, max: 100_000 }).map((offMs) => String(nowMs + offMs)),
    headerText,
  );
const dateText = (nowMs: number) =>
  fc.oneof(
    fc.integer({ min: -200_000, max: 200_000 }).map((offS) => new Date(nowMs + offS * 1000).toUTCString()),
    fc.constant(undefined),
    fc.string(),
  );

describe('a wait for a rate limit', () => {
  const NOW = Date.UTC(2026, 10, 24, 8);

  it('is never longer than an hour and never not a number, whatever headers say', () => {
    const answers = fc.array(
      fc.record({
        limit: headerText,
        remaining: headerText,
        reset: resetText(NOW),
        date: dateText(NOW),
        afterMs: fc.integer({ min: 0, max: 90_000 }),
        isRefused: fc.boolean(),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 100 }), (all, capacityPercent) => {
        const window = new BucketWindow(capacityPercent, BASE_MS);
        let now = 0;
        for (const { limit, remaining, reset, date, afterMs, isRefused } of all) {
          now += afterMs;
          const headers = readRateLimitHeaders(
            {
              'x-rate-limit-limit': limit,
              'x-rate-limit-remaining': remaining,
              'x-rate-limit-reset': reset,
              date,
            },
            NOW + now,
          );
          window.sent();
          window.answered(headers ?? (isRefused ? undefined : 'none'), now);
          if (isRefused) window.rejected(now);
          else window.accepted(now);
          const delayMs = window.delayMs(now);
          assert.ok(delayMs >= 0 && delayMs <= LONGEST_MS, `${delayMs} ms`);
          assert.equal(window.delayMs(now + delayMs), 0, 'after it one request may go');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is no longer than a usual window, whatever time is named; then one request is sent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 70, max: 3_500 }), (stated) => {
        const window = new BucketWindow(100, BASE_MS);
        const answer = (remaining: number, reset: number, untilResetMs: number) => ({
          limit: 10,
          remaining,
          reset,
          untilResetMs,
        });
        window.sent();
        window.answered(answer(9, 1_000, 60_000), 0);
        window.sent();
        window.answered(answer(9, 1_062, 60_000), 62_000);
        window.sent();
        window.answered(answer(0, 1_124 + stated, stated * 1000), 124_000);
        window.rejected(124_000);
        assert.equal(window.delayMs(124_000), LONGEST_USUAL_MS + RESET_MARGIN_MS);
        const endsAt = 124_000 + window.delayMs(124_000);
        assert.equal(window.delayMs(endsAt), 0);
        window.sent();
        assert.equal(window.delayMs(endsAt), Infinity);
        window.answered(answer(9, 1_250, 60_000), endsAt + 100);
        window.accepted(endsAt);
        assert.equal(window.delayMs(endsAt + 100), 0, 'the bucket is open');
        window.sent();
        assert.equal(window.delayMs(endsAt + 100), 0, 'for more than one');
      }),
    );
  });

  it('grows while refusals go on to name the same reset, to the time that they have named it for', () => {
    const window = new BucketWindow(100, BASE_MS);
    const waits: number[] = [];
    let now = 0;
    while (now < 1_000_000) {
      window.sent();
      window.answered({ limit: 10, remaining: 0, reset: 1_000, untilResetMs: 1_000_000 - now }, now);
      window.rejected(now);
      const delayMs = window.delayMs(now);
      waits.push(Math.round(delayMs / 1000));
      now += delayMs;
    }
    assert.deepEqual(waits, [66, 67, 134, 268, 465]);
  });

  const SENSELESS: readonly (readonly [what: string, reset: string, date: string | undefined])[] = [
    ['`Date` is a day behind', secondsAt(NOW + 30_000), utc(NOW - 86_400_000)],
    ['`Date` is a day ahead', secondsAt(NOW + 30_000), utc(NOW + 86_400_000)],
    ['`Date` is no date', secondsAt(NOW + 30_000), 'yesterday'],
    ['there is no `Date`', secondsAt(NOW + 30_000), undefined],
    ['the reset is in milliseconds', String(NOW + 30_000), utc(NOW)],
    ['the reset is in milliseconds and `Date` a day behind', String(NOW + 30_000), utc(NOW - 86_400_000)],
  ];
  for (const [what, reset, date] of SENSELESS) {
    it(`is until the reset when ${what}`, () => {
      assert.equal(untilReset(reset, date), 31_000);
    });
  }

  const HOPELESS: readonly (readonly [what: string, reset: string, date: string | undefined])[] = [
    ['is a year ahead', secondsAt(NOW + 365 * 86_400_000), utc(NOW)],
    ['is a day ahead and `Date` a day behind', secondsAt(NOW + 86_400_000), utc(NOW - 86_400_000)],
    ['is the largest number', String(Number.MAX_SAFE_INTEGER), utc(NOW)],
    ['is ten minutes ahead by this clock alone', secondsAt(NOW + 600_000), undefined],
  ];
  for (const [what, reset, date] of HOPELESS) {
    it(`is a usual window when the reset ${what}`, () => {
      assert.equal(untilReset(reset, date), USUAL_WINDOW_MS + RESET_MARGIN_MS);
    });
  }

  it('is believed up to an hour where both clocks agree on it', () => {
    assert.equal(untilReset(secondsAt(NOW + 600_000), utc(NOW)), 601_000);
  });

  function untilReset(reset: string, date: string | undefined): number | undefined {
    return readRateLimitHeaders(
      { 'x-rate-limit-limit': '10', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset, date },
      NOW,
    )?.untilResetMs;
  }
});

describe('a bucket whose headers make no sense', () => {
  /** A client that asks as often as it may of a bucket of 20 a minute, of which the headers say something else. */
  function refusalsOf(
    calls: number,
    headers: (remaining: number, endsAt: number, now: number) => Record<string, string>,
  ): number {
    const [limit, windowMs, concurrency] = [20, 60_000, 10];
    const window = new BucketWindow(100, BASE_MS);
    let [now, used, endsAt, done, refusals] = [0, 0, windowMs, 0, 0];
    while (done < calls) {
      const delayMs = window.delayMs(now);
      assert.ok(
        delayMs <= Math.max(LONGEST_PAUSE_MS, USUAL_WINDOW_MS + 2 * RESET_MARGIN_MS),
        `${delayMs} ms`,
      );
      now += delayMs;
      let inFlight = 0;
      for (; inFlight < concurrency && window.delayMs(now) === 0; inFlight += 1) window.sent();
      now += 100;
      if (now >= endsAt) [used, endsAt] = [0, now + windowMs];
      for (; inFlight > 0; inFlight -= 1) {
        const isRefused = used >= limit;
        if (!isRefused) [used, done] = [used + 1, done + 1];
        window.answered(
          readRateLimitHeaders(headers(limit - used, endsAt, now), now) ?? (isRefused ? undefined : 'none'),
          now,
        );
        if (isRefused) [refusals] = [refusals + 1, window.rejected(now)];
        else window.accepted(now);
      }
    }
    return refusals;
  }
  const stated = (remaining: number, reset: number | string) => ({
    'x-rate-limit-limit': '20',
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(reset),
  });
  const seconds = (ms: number): number => Math.ceil(ms / 1000);

  // 124 calls take seven windows.
  const HEADERS: readonly (readonly [
    what: string,
    headers: (remaining: number, endsAt: number, now: number) => Record<string, string>,
    max: number,
  ])[] = [
    ['right', (left, end, now) => ({ ...stated(left, seconds(end)), date: utc(now) }), 0],
    [
      'without a reset that is ahead',
      (left, end, now) => ({ ...stated(left, seconds(end) - 3600), date: utc(now) }),
      7 * 7,
    ],
    ['with the same reset for ever', (left, _, now) => ({ ...stated(left, 0), date: utc(now) }), 7 * 7],
    ['in milliseconds', (left, end, now) => ({ ...stated(left, end), date: utc(now) }), 7],
    [
      'with a reset that is no number',
      (left, _, now) => ({ ...stated(left, 'soon'), date: utc(now) }),
      7 * (7 + 10),
    ],
    [
      'with a `Date` a day behind',
      (left, end, now) => ({ ...stated(left, seconds(end)), date: utc(now - 86_400_000) }),
      7,
    ],
    [
      'with a reset that is always a second ahead',
      (left, _, now) => ({ ...stated(left, seconds(now) + 1), date: utc(now) }),
      7 * (7 + 2 * 10),
    ],
    ['absent', () => ({}), 7 * (7 + 10)],
  ];
  for (const [what, headers, max] of HEADERS) {
    it(`${what} is refused at most ${max} times for 124 calls`, () => {
      const refusals = refusalsOf(124, headers);
      assert.ok(refusals <= max, `${refusals} refusals`);
    });
  }
});

describe('an org', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function open(settings: SettingsChange): Promise<string[]> {
    simulator = await startSimulator({ users: 60, groups: 3, awkward: false, token: TOKEN, ...settings });
    return [...simulator.org.truth().users()].map(({ id }) => id);
  }

  it('that states no limits is read as parallel as is allowed, after its first answer', async () => {
    // Long enough for six requests to be sent before one is answered, on a busy machine too.
    const ids = await open({ headers: { withoutLimits: true }, latencyMs: 500 });
    const api = apiFor(simulator.domain, { maxConcurrency: 6 });
    await Promise.all(ids.slice(0, 13).map((id) => api.user(id, newContext())));
    assert.equal(simulator.stats.snapshot().maxConcurrent, 6);
    api.close();
  });

  it('that states no limits and refuses is asked less at once, and all is read', async () => {
    const ids = await open({ headers: { withoutLimits: true }, maxConcurrent: 3, latencyMs: 10 });
    const api = apiFor(simulator.domain, { maxConcurrency: 10, retryPauseMs: 10 });
    const context = newContext();
    const found = await Promise.all(ids.map((id) => api.user(id, context)));
    assert.equal(found.filter(Boolean).length, 60);
    const { rateLimited } = simulator.stats.snapshot();
    assert.ok(
      rateLimited.concurrency > 0 && rateLimited.concurrency <= 30,
      `${rateLimited.concurrency} refusals`,
    );
    api.close();
  });

  it('whose `Date` is a day behind is waited for no longer than a window, and the wait is reported', async () => {
    const ids = await open({ headers: { dateOffS: -86_400 }, limits: { user: 10 }, windowMs: 3_000 });
    const api = apiFor(simulator.domain);
    const waitsMs: number[] = [];
    const waits = ({ until }: OktaWait): void => void waitsMs.push(Date.parse(until) - Date.now());
    const found = await Promise.all(ids.slice(0, 15).map((id) => api.user(id, { ...newContext(), waits })));
    assert.equal(found.filter(Boolean).length, 15);
    assert.ok(waitsMs.length > 0);
    assert.ok(Math.max(...waitsMs) <= 3_000 + 2 * RESET_MARGIN_MS, waitsMs.join());
    api.close();
  });

  it('whose reset lies in the past is asked by one request at a time, ever more seldom', async () => {
    const ids = await open({ headers: { resetOffS: -3_600 }, limits: { user: 20 }, windowMs: 2_000 });
    const api = apiFor(simulator.domain, { retryPauseMs: 100 });
    const context = newContext();
    await Promise.all(ids.map((id) => api.user(id, context)));
    const { rateLimited } = simulator.stats.snapshot();
    assert.equal(rateLimited.limit, context.usage.rateLimited);
    assert.ok(rateLimited.limit > 0 && rateLimited.limit <= 20, `${rateLimited.limit} refusals`);
    api.close();
  });
});

function secondsAt(ms: number): string {
  return String(Math.floor(ms / 1000));
}

function utc(ms: number): string {
  return new Date(ms).toUTCString();
}
