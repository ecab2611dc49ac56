import assert from 'node:assert/strict';
import { BucketWindow, bucketOf } from '../../../src/okta/limits/rateLimit';

const answer = (limit: number, remaining: number, { reset = 100, untilResetMs = 60_000 } = {}) => ({
  limit,
  remaining,
  reset,
  untilResetMs,
});

/** A window after its first answer, at time 0. */
function windowWith(capacityPercent: number, limit: number, remaining: number): BucketWindow {
  const window = new BucketWindow(capacityPercent, 500);
  window.sent();
  window.answered(answer(limit, remaining), 0);
  return window;
}

/** How many requests may start at once. */
function room(window: BucketWindow, now = 0, max = 1000): number {
  let started = 0;
  while (started < max && window.delayMs(now) === 0) {
    window.sent();
    started += 1;
  }
  return started;
}

describe('the bucket of a path', () => {
  const BUCKETS: readonly [path: string, bucket: string][] = [
    ['/api/v1/users', 'users'],
    ['/api/v1/users?limit=200&search=x', 'users'],
    ['/api/v1/users/00u1', 'user'],
    ['/api/v1/groups?limit=200', 'groups'],
    ['/api/v1/groups/00g1', 'group'],
    ['/api/v1/groups/00g1?expand=stats', 'group'],
    ['/api/v1/groups/00g1/users?limit=1000', 'groups'],
    ['/.well-known/okta-organization', 'other'],
  ];
  for (const [path, bucket] of BUCKETS) {
    it(`of ${path} is "${bucket}"`, () => assert.equal(bucketOf(path), bucket));
  }
});

describe('a rate limit window', () => {
  it('lets one request ahead while nothing is known, and the others wait for its answer', () => {
    const window = new BucketWindow(75, 500);
    assert.equal(window.delayMs(0), 0);
    window.sent();
    assert.equal(window.delayMs(0), Infinity);
    window.answered(answer(100, 99), 0);
    assert.equal(window.delayMs(0), 0);
  });

  it('lets the next one ask when the first got no answer, or one without headers', () => {
    const window = new BucketWindow(75, 500);
    window.sent();
    window.answered(undefined, 0);
    assert.equal(window.delayMs(0), 0);
    window.sent();
    assert.equal(window.delayMs(0), Infinity);
  });

  const SHARES: readonly [percent: number, limit: number, remaining: number, may: number][] = [
    [100, 100, 99, 99],
    [75, 100, 99, 74],
    [75, 100, 25, 0],
    [75, 100, 26, 1],
    [50, 600, 599, 299],
    [1, 600, 599, 5],
    [75, 4, 3, 2],
  ];
  for (const [percent, limit, remaining, may] of SHARES) {
    it(`with ${percent} % of ${limit} and ${remaining} left lets ${may} through`, () =>
      assert.equal(room(windowWith(percent, limit, remaining)), may));
  }

  it('always has one request to give, however small the limit or the share', () => {
    for (const [percent, limit] of [
      [1, 1],
      [1, 20],
      [75, 1],
    ] as const)
      assert.equal(room(windowWith(percent, limit, limit)), 1, `${percent} % of ${limit}`);
  });

  it('counts what others have used: their calls come off the same share', () => {
    assert.equal(room(windowWith(75, 100, 60)), 35);
  });

  it('is closed until its end when the share is used up', () => {
    const window = windowWith(75, 100, 25);
    assert.equal(window.delayMs(0), 60_000);
    assert.equal(window.delayMs(59_999), 1);
    assert.equal(window.delayMs(60_000), 0);
  });

  it('counts requests in progress as used', () => {
    const window = windowWith(100, 10, 3);
    assert.equal(room(window), 3);
    window.answered(undefined, 0);
    assert.equal(room(window), 1, 'no answer, so nothing is known of what it cost');
  });

  it('keeps the lowest count of a window when answers overtake each other', () => {
    const window = windowWith(100, 100, 90);
    for (let sent = 0; sent < 3; sent += 1) window.sent();
    window.answered(answer(100, 10), 5);
    window.answered(answer(100, 80), 6);
    window.answered(answer(100, 50), 7);
    assert.equal(room(window, 7), 10);
  });

  it('does not move its end when a later answer of the same window states another', () => {
    const window = windowWith(100, 10, 0);
    window.sent();
    window.answered(answer(10, 0, { untilResetMs: 90_000 }), 30_000);
    assert.equal(window.delayMs(30_000), 30_000);
  });

  it('starts again with an answer of the next window', () => {
    const window = windowWith(100, 100, 0);
    window.sent();
    window.answered(answer(200, 199, { reset: 160, untilResetMs: 60_000 }), 60_500);
    assert.equal(room(window, 60_500), 199);
  });

  it('begins again at its very end, whatever reset the next answer states', () => {
    const window = windowWith(100, 10, 0);
    window.sent();
    window.answered(answer(10, 9, { reset: 40 }), 60_000);
    assert.equal(room(window, 60_000), 9);
  });

  it('opens for all only after an end that is not later than a window can last', () => {
    for (const [untilResetMs, may] of [
      [66_000, 10],
      [66_001, 1],
    ] as const) {
      const window = new BucketWindow(100, 500);
      window.sent();
      window.answered(answer(10, 0, { untilResetMs }), 0);
      assert.equal(room(window, untilResetMs), may, `${untilResetMs} ms`);
    }
  });

  it('did not foresee a 429 while requests in progress had used up its next share', () => {
    const window = windowWith(100, 1, 0);
    window.sent();
    window.sent();
    window.answered(undefined, 60_100);
    assert.equal(window.rejected(60_100), 1);
    assert.ok(window.isPaused(60_100));
  });

  it('is not set back by an answer of the window before', () => {
    const window = windowWith(100, 100, 50);
    window.sent();
    window.answered(answer(100, 0, { reset: 40 }), 1);
    assert.equal(room(window, 1), 50);
  });

  it('opens after its end for as many as the limit last stated, until an answer states more', () => {
    const window = windowWith(50, 10, 0);
    assert.equal(room(window, 60_000), 5);
    assert.equal(window.delayMs(60_000), Infinity);
    window.answered(answer(10, 2, { reset: 160 }), 60_100);
    assert.ok(window.delayMs(60_100) > 0);
  });

  it('ignores an answer of an ended window that comes late', () => {
    const window = windowWith(100, 10, 9);
    window.sent();
    window.answered(answer(10, 0), 60_000);
    assert.equal(room(window, 60_000), 10);
  });

  it('learns nothing from a limit of 0, which speaks of concurrency', () => {
    const window = windowWith(100, 10, 9);
    window.sent();
    window.answered(answer(0, 0, { reset: 999, untilResetMs: 600_000 }), 1);
    assert.equal(room(window, 1), 9);

    const unknown = new BucketWindow(100, 500);
    unknown.sent();
    unknown.answered(answer(0, 0), 0);
    assert.equal(room(unknown), 1, 'still one at a time');
  });
});

describe('a bucket that refuses and always names a reset two seconds later', () => {
  let window: BucketWindow;
  let now: number;

  beforeEach(() => {
    window = new BucketWindow(100, 500);
    now = 0;
  });

  /** Sends requests at one time; they are refused one after the other. Returns the numbers of refusals in a row. */
  function refuse(requests = 1, apartMs = 0): number[] {
    for (let sent = 0; sent < requests; sent += 1) window.sent();
    return Array.from({ length: requests }, () => {
      now += apartMs;
      window.answered(answer(10, 0, { reset: 100 + now, untilResetMs: 2_000 }), now);
      return window.rejected(now);
    });
  }
  /** The wait that follows; time then stands at its end. */
  function wait(): number {
    const delayMs = window.delayMs(now);
    now += delayMs;
    return delayMs;
  }

  it('is asked after that time first, then ever more seldom', () => {
    const waits = Array.from({ length: 9 }, () => [...refuse(), wait()]);
    assert.deepEqual(waits, [
      [0, 2_000],
      [1, 2_000],
      [2, 2_000],
      [3, 4_000],
      [4, 8_000],
      [5, 16_000],
      [6, 32_000],
      [7, 60_000],
      [8, 60_000],
    ]);
  });

  it('opens at full speed after the first such wait, and for one request after the second', () => {
    refuse();
    wait();
    assert.equal(room(window, now), 10);
    for (let sent = 0; sent < 10; sent += 1) {
      window.answered(answer(10, 0, { reset: 100 + now, untilResetMs: 2_000 }), now);
      window.rejected(now);
    }
    wait();
    assert.equal(room(window, now), 1);
  });

  it('is not counted as refusing again for requests that were sent before the wait', () => {
    assert.deepEqual(refuse(5, 300), [0, 0, 0, 0, 0]);
    wait();
    assert.deepEqual(refuse(5, 300), [1, 1, 1, 1, 1], 'nor for those before a pause');
    wait();
    assert.deepEqual(refuse(), [2]);
  });

  it('starts from the beginning once it has let a request through', () => {
    refuse();
    wait();
    refuse();
    wait();
    window.sent();
    window.answered(answer(10, 9, { reset: 100 + now }), now);
    window.accepted(now);
    assert.deepEqual(refuse(), [0]);
  });

  it('does not start from the beginning for an answer to a request that was sent before', () => {
    window.sent();
    refuse();
    window.answered(answer(10, 1, { reset: 100 + now }), now);
    window.accepted(now);
    wait();
    assert.deepEqual(refuse(), [1]);
  });

  it('nor where that answer comes after the wait, or after the pause', () => {
    const sentAt = now;
    /** An answer to a request of the beginning. */
    const answerLate = (): void => {
      window.answered(undefined, now);
      window.accepted(sentAt);
    };
    for (let sent = 0; sent < 2; sent += 1) window.sent();
    refuse();
    now += 2_000;
    answerLate();
    assert.deepEqual(refuse(), [1]);
    now += 2_000;
    answerLate();
    assert.deepEqual(refuse(), [2]);
  });

  it('is not counted as refusing again for a 429 that comes after the pause to a request sent before', () => {
    refuse();
    wait();
    const sentAt = now;
    window.sent();
    assert.deepEqual(refuse(), [1]);
    now += 2_000;
    window.answered(undefined, now);
    assert.equal(window.rejected(now, sentAt), 1);
    assert.equal(window.delayMs(now), 0, 'no longer pause');
  });

  it('is not counted as refusing again when it is next asked more than a window after it should have opened', () => {
    refuse();
    wait();
    now += 59_000;
    assert.deepEqual(refuse(), [1], 'within a window it is');

    window = new BucketWindow(100, 500);
    refuse();
    wait();
    now += 3_600_000;
    assert.deepEqual([...refuse(), wait()], [0, 2_000]);
    assert.deepEqual(refuse(), [1]);
  });
});

describe('a bucket that always says that no call is left', () => {
  const WINDOW_MS = 60_000;
  const CONCURRENCY = 10;

  /** A client that asks as often as it may. Returns how many windows the calls took, and how many were refused. */
  function read(
    window: BucketWindow,
    { calls, limit, stated }: { calls: number; limit: number; stated: (left: number) => number },
  ): { windows: number; refusals: number } {
    let [now, nth, used, done, refusals] = [0, 0, 0, 0, 0];
    while (done < calls) {
      now += window.delayMs(now);
      const sentAt = now;
      const inFlight = room(window, now, CONCURRENCY);
      now += 100;
      if (now >= (nth + 1) * WINDOW_MS) [nth, used] = [Math.floor(now / WINDOW_MS), 0];
      for (let i = 0; i < inFlight; i += 1) {
        const isRefused = used >= limit;
        if (!isRefused) [used, done] = [used + 1, done + 1];
        const untilResetMs = (nth + 1) * WINDOW_MS - now + 1_000;
        const remaining = stated(limit - used);
        window.answered(answer(limit, remaining, { reset: (nth + 1) * 60, untilResetMs }), now);
        if (isRefused) [refusals] = [refusals + 1, window.rejected(now, sentAt)];
        else window.accepted(sentAt);
      }
    }
    return { windows: nth + 1, refusals };
  }

  it('is read at the limit once the answers of three windows have refuted it, with no refusal', () => {
    const found = read(new BucketWindow(100, 500), { calls: 200, limit: 600, stated: () => 0 });
    assert.deepEqual(found, { windows: 4, refusals: 0 });
  });

  it('is never asked for more than the share of the limit, as counted here', () => {
    const found = read(new BucketWindow(50, 500), { calls: 200, limit: 40, stated: () => 0 });
    // One call, twice ten, then twenty in each window.
    assert.deepEqual(found, { windows: 12, refusals: 0 });
  });

  it('is believed again after a 429', () => {
    const window = new BucketWindow(100, 500);
    read(window, { calls: 60, limit: 600, stated: () => 0 });
    const now = 1_000 * WINDOW_MS;
    window.sent();
    window.answered(answer(600, 0, { reset: 60_060 }), now);
    assert.equal(window.delayMs(now), 0, 'not believed');
    window.sent();
    window.answered(answer(600, 0, { reset: 60_060 }), now);
    window.rejected(now);
    assert.equal(window.delayMs(now), WINDOW_MS);
  });

  it('is believed where each window has one answer that says so, as when others use the calls up', () => {
    const window = new BucketWindow(75, 500);
    for (let nth = 0; nth < 10; nth += 1) {
      const now = nth * WINDOW_MS;
      assert.equal(window.delayMs(now), 0);
      window.sent();
      window.answered(answer(100, 20, { reset: (nth + 1) * 60 }), now);
      window.accepted(now);
      assert.equal(window.delayMs(now), WINDOW_MS);
    }
  });

  it('is believed where it counts down in each window, and every call that is left is used', () => {
    const found = read(new BucketWindow(100, 500), { calls: 200, limit: 20, stated: (left) => left });
    assert.deepEqual(found, { windows: 10, refusals: 0 });
  });
});
