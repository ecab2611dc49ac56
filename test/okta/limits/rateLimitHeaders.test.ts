import assert from 'node:assert/strict';
import { isUsual, readRateLimitHeaders } from '../../../src/okta/limits/rateLimitHeaders';

/** Okta's clock in these tests; not this machine's. */
const DATE_S = 1_800_000_000;
const DATE = new Date(DATE_S * 1000).toUTCString();

const headers = (limit: unknown, remaining: unknown, reset: unknown, date: unknown = DATE) =>
  readRateLimitHeaders({
    'x-rate-limit-limit': limit,
    'x-rate-limit-remaining': remaining,
    'x-rate-limit-reset': reset,
    date,
  });

describe('the rate limit headers', () => {
  it('give the limit, what is left, and the wait until a second after the reset', () => {
    assert.deepEqual(headers('600', '599', `${DATE_S + 45}`), {
      limit: 600,
      remaining: 599,
      reset: DATE_S + 45,
      untilResetMs: 46_000,
    });
  });

  const SKEWS: readonly [what: string, aheadS: number][] = [
    ['an hour behind', -3600],
    ['right', 0],
    ['a day ahead', 86_400],
  ];
  for (const [what, aheadS] of SKEWS) {
    it(`give the same wait when Okta's clock is ${what}`, () => {
      const oktaS = Math.floor(Date.now() / 1000) + aheadS;
      const read = headers('600', '0', `${oktaS + 30}`, new Date(oktaS * 1000).toUTCString());
      assert.equal(read?.untilResetMs, 31_000);
    });
  }

  it('are measured against this machine only when the answer has no date', () => {
    const reset = Math.floor(Date.now() / 1000) + 30;
    for (const date of [undefined, 'yesterday']) {
      const { untilResetMs = 0 } =
        readRateLimitHeaders({
          'x-rate-limit-limit': '1',
          'x-rate-limit-remaining': '1',
          'x-rate-limit-reset': `${reset}`,
          date,
        }) ?? {};
      assert.ok(untilResetMs > 28_000 && untilResetMs <= 31_000, `${untilResetMs}`);
    }
  });

  it('are of an open window with a reset from 5 s ago, for rounding, until 65 s ahead', () => {
    assert.deepEqual([-5_001, -5_000, 0, 65_000, 65_001].map(isUsual), [false, true, true, true, false]);
  });

  it('never give a negative wait', () => {
    assert.equal(headers('600', '0', `${DATE_S - 100}`)?.untilResetMs, 1000);
  });

  it('count the smaller of doubled values, and the later reset', () => {
    const expected = { limit: 540, remaining: 12, reset: DATE_S + 10, untilResetMs: 11_000 };
    const resets = `${DATE_S + 9}, ${DATE_S + 10}`;
    assert.deepEqual(headers('600, 540', '12, 40', resets), expected);
    assert.deepEqual(headers(['600', '540'], ['12', '40'], [`${DATE_S + 9}`, `${DATE_S + 10}`]), expected);
  });

  const UNKNOWN: readonly [what: string, values: [unknown, unknown, unknown]][] = [
    ['all are missing', [undefined, undefined, undefined]],
    ['the limit is missing', [undefined, '5', `${DATE_S}`]],
    ['what is left is missing', ['5', undefined, `${DATE_S}`]],
    ['the reset is missing', ['5', '5', undefined]],
    ['they are no numbers', ['five', '-1', 'soon']],
    ['they are empty', ['', '', '']],
  ];
  for (const [what, values] of UNKNOWN) {
    it(`are unknown when ${what}`, () => assert.equal(headers(...values), undefined));
  }

  it('are used as far as they are numbers', () => {
    assert.deepEqual(headers('x, 600', '5', `${DATE_S}`)?.limit, 600);
  });
});
