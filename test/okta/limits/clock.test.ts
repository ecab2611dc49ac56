import assert from 'node:assert/strict';
import type { CallContext } from '../../../src/okta/callContext';
import { OktaClock } from '../../../src/okta/limits/clock';
import type { SettingsChange, Simulator } from '../../../src/simulator';
import { until } from '../../../dev/lab/until';
import { newContext, pagesOf, withOrg } from '../support/api';

const START = Date.UTC(2026, 10, 24, 8);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;

const WITHOUT_RESET = { withoutLimits: true };

/** An answer: when it arrives by this machine's clock, its `Date` in place of that time, the time it is given, and its reset. */
type Step = readonly [atMs: number, date: number | string | undefined, dated: number, reset?: number];

/** A `Date` that is so far ahead of this machine's clock. */
const ahead = (atMs: number, byMs: number): Step => [atMs, atMs + byMs, atMs + byMs];
/** The same, which is not believed: this machine's clock and the offset known so far date the answer. */
const doubted = (atMs: number, byMs: number, knownMs = 0): Step => [atMs, atMs + byMs, atMs + knownMs];
/** An answer that also names a reset, so far ahead of this machine's clock. */
const withReset = ([atMs, date, dated]: Step, byMs: number): Step => [atMs, date, dated, atMs + byMs];

describe("Okta's clock", () => {
  const CASES: readonly (readonly [what: string, steps: readonly Step[]])[] = [
    ['is the `Date` of an answer', [ahead(0, 0), ahead(SECOND, 2 * SECOND), ahead(2 * SECOND, -MINUTE)]],
    [
      'may be five minutes from the clock of this machine',
      [ahead(0, -5 * MINUTE), ahead(SECOND, 5 * MINUTE)],
    ],
    ["is this machine's when the first answer is a day ahead", [doubted(0, DAY)]],
    ["is this machine's when the first answer is a day behind", [doubted(0, -DAY)]],
    [
      'is not moved by one answer that is far off',
      [
        ahead(0, 3 * SECOND),
        doubted(SECOND, DAY, 3 * SECOND),
        doubted(2 * SECOND, -DAY, 3 * SECOND),
        ahead(3 * SECOND, 0),
      ],
    ],
    [
      'is not that of the year 2126 or 1970',
      [
        [0, Date.UTC(2126, 0) - START, 0],
        [SECOND, -START, SECOND],
      ],
    ],
    [
      'is not taken from a `Date` that is absent or not a date',
      [ahead(0, 3 * SECOND), [SECOND, undefined, 4 * SECOND], [2 * SECOND, 'yesterday', 5 * SECOND]],
    ],
    [
      'is what a second answer agrees on, a second later: the clock of this machine is wrong',
      [doubted(0, -DAY), doubted(400, -DAY), ahead(SECOND, -DAY), ahead(2 * SECOND, -DAY + MINUTE)],
    ],
    [
      'is not that of a `Date` that stands still',
      [
        [0, -DAY, 0],
        [10 * SECOND, -DAY, 10 * SECOND],
        [20 * SECOND, -DAY, 20 * SECOND],
      ],
    ],
    [
      'is not that of two answers that are far off and do not agree',
      [doubted(0, DAY), doubted(2 * SECOND, 2 * DAY), doubted(4 * SECOND, -DAY)],
    ],
    [
      'is not moved by one answer once others have agreed',
      [
        doubted(0, -DAY),
        ahead(2 * SECOND, -DAY),
        doubted(3 * SECOND, DAY, -DAY),
        [4 * SECOND, undefined, 4 * SECOND - DAY],
        ahead(5 * SECOND, -DAY),
      ],
    ],
    [
      'is right again as soon as the clock of this machine is set, and a day behind is then far off',
      [
        doubted(0, -DAY),
        ahead(2 * SECOND, -DAY),
        ahead(DAY, 0),
        ahead(DAY + SECOND, 0),
        doubted(DAY + 2 * SECOND, -DAY),
      ],
    ],
    [
      'once confirmed is moved only when all answers of a minute agree',
      [
        ahead(0, 0),
        doubted(SECOND, DAY),
        doubted(31 * SECOND, DAY),
        ahead(32 * SECOND, 0),
        doubted(33 * SECOND, DAY),
        doubted(92 * SECOND, DAY),
        ahead(93 * SECOND, DAY),
      ],
    ],
    [
      "is this machine's while resets fit it, however many answers agree on another `Date`",
      [
        withReset(doubted(0, 2 * DAY), 60 * SECOND),
        withReset(doubted(2 * SECOND, 2 * DAY), 0),
        withReset(doubted(MINUTE, 2 * DAY), 65 * SECOND),
        withReset(doubted(10 * MINUTE, 2 * DAY), -5 * SECOND),
      ],
    ],
    [
      'is not what answers without a reset have agreed on once a reset fits the clock of this machine',
      [
        doubted(0, DAY),
        ahead(2 * SECOND, DAY),
        withReset(doubted(3 * SECOND, DAY), 30 * SECOND),
        [4 * SECOND, undefined, 4 * SECOND],
        doubted(5 * SECOND, DAY),
        doubted(7 * SECOND, 2 * DAY),
      ],
    ],
    [
      'is the first `Date` that a reset fits, where the clock of this machine is wrong',
      [withReset(ahead(0, -DAY), 30 * SECOND - DAY), withReset(ahead(SECOND, -DAY), 29 * SECOND - DAY)],
    ],
    [
      'once confirmed is not moved by one answer whose reset fits its `Date`: it may have been kept by a proxy',
      [ahead(0, 0), withReset(doubted(SECOND, -DAY), 30 * SECOND - DAY), ahead(2 * SECOND, 0)],
    ],
    [
      'is what further answers agree on where resets fit neither',
      [withReset(doubted(0, DAY), -DAY), withReset(ahead(SECOND, DAY), -DAY)],
    ],
  ];
  for (const [what, steps] of CASES) {
    it(what, () => {
      const clock = new OktaClock();
      for (const [i, [atMs, date, dated, resetMs]] of steps.entries()) {
        const headers = {
          date: typeof date === 'number' ? new Date(START + date).toUTCString() : date,
          'x-rate-limit-reset': resetMs === undefined ? undefined : String((START + resetMs) / 1000),
        };
        assert.equal(clock.dateOf(headers, START + atMs) - START, dated, `answer ${i + 1}`);
      }
    });
  }
});

describe('the pages of an org', () => {
  const assertNear = (dateMs: number | undefined, expectedMs: number): void => {
    assert.ok(Math.abs((dateMs ?? NaN) - expectedMs) < MINUTE, String(dateMs && new Date(dateMs)));
  };

  const DATES: readonly (readonly [what: string, dateMs: number])[] = [
    ['a day ahead', Date.now() + DAY],
    ['a day behind', Date.now() - DAY],
    ['in 2126', Date.UTC(2126, 0)],
    ['in 1970', 0],
  ];
  for (const [what, dateMs] of DATES) {
    const ANSWERS = [
      { nth: 1, withoutLimits: false },
      { nth: 1, withoutLimits: true },
      { nth: 2, withoutLimits: true },
    ];
    for (const { nth, withoutLimits } of ANSWERS) {
      const which = `${nth === 1 ? 'first' : 'second'} answer${withoutLimits ? ', without a reset,' : ''}`;
      it(`are dated by the clock of the others when the ${which} is ${what}`, async () => {
        await withOrg({ users: 450, headers: { withoutLimits } }, async (api, simulator) => {
          const { faults } = simulator;
          const date = new Date(dateMs).toUTCString();
          faults.set([{ match: { route: 'users', nth }, action: { type: 'date', date } }]);
          const context = newContext();
          const read = async (cursor: string | undefined) => {
            const page = await api.users(cursor, context);
            assertNear(context.oktaNowMs, Date.now());
            return page;
          };
          const pages = await pagesOf(read);
          assert.equal(pages.length, 3);
          assert.equal(faults.report()[0]?.fired, 1);
          for (const page of pages) assertNear(page.dateMs, Date.now());
          const needed = nth === 1 && withoutLimits ? 1 : 0;
          assert.equal(secondDates(simulator), needed, 'a clock that is confirmed needs none');
        });
      });
    }
  }

  const SETTINGS: readonly (readonly [what: string, settings: SettingsChange])[] = [
    ['two hours behind', { clockSkewMs: -7_200 * SECOND }],
    ['a day ahead', { clockSkewMs: DAY }],
    ['two hours behind, without resets', { clockSkewMs: -7_200 * SECOND, headers: WITHOUT_RESET }],
    ['a day ahead, without resets', { clockSkewMs: DAY, headers: WITHOUT_RESET }],
    ['a day behind, without resets', { headers: { dateOffS: -86_400, ...WITHOUT_RESET } }],
  ];
  for (const [what, settings] of SETTINGS) {
    it(`are dated by Okta's clock, the first ones too, when all answers agree that it is ${what}`, async () => {
      await withOrg({ users: 5, ...settings }, async (api, simulator) => {
        const offMs = settings.clockSkewMs ?? (settings.headers?.dateOffS ?? 0) * SECOND;
        const contexts = Array.from({ length: 5 }, () => newContext());
        const read = async (context: CallContext): Promise<void> => {
          const { dateMs } = await api.users(undefined, context);
          assertNear(dateMs, Date.now() + offMs);
          assertNear(context.oktaNowMs, Date.now() + offMs);
        };
        await Promise.all(contexts.map(read));
        await read(newContext());
        // Where a reset supports the `Date`, no second one is needed.
        const needed = settings.headers?.withoutLimits ? 1 : 0;
        assert.equal(secondDates(simulator), needed, 'they share the second answer');
        assert.equal(sum(contexts.map(({ usage }) => usage.requests.other)), needed);
      });
    });
  }

  it('are dated by the clock of this machine when every `Date` is two days ahead and the resets are not', async () => {
    await withOrg({ users: 450, headers: { dateOffS: 2 * 86_400 } }, async (api, simulator) => {
      const read = async () => {
        const { dateMs } = await api.users(undefined, newContext());
        assertNear(dateMs, Date.now());
      };
      const startedAt = performance.now();
      await until(async () => {
        await read();
        return performance.now() - startedAt > 2 * SECOND;
      });
      assert.equal(secondDates(simulator), 0);
    });
  });

  it('cost no further request where the clocks agree', async () => {
    await withOrg({ users: 450 }, async (api, simulator) => {
      const context = newContext();
      assert.equal((await pagesOf((cursor) => api.users(cursor, context))).length, 3);
      assert.equal(secondDates(simulator), 0);
      assert.equal(context.usage.requests.other, 0);
    });
  });

  it('are dated by the clock of this machine where no second answer can be had, and one is asked for once', async () => {
    await withOrg({ users: 450, clockSkewMs: DAY, headers: WITHOUT_RESET }, async (api, simulator) => {
      simulator.faults.set([{ match: { route: 'organization' }, action: { type: 'reset' } }]);
      // The first of them: later ones agree with it once they are a second younger.
      assertNear((await api.users(undefined, newContext())).dateMs, Date.now());
      await until(async () => (await api.users(undefined, newContext())).dateMs > Date.now() + DAY - MINUTE);
      assert.equal(secondDates(simulator), 1);
    });
  });

  it('are not waited for once the call is aborted, though a second answer is still to come', async () => {
    await withOrg({ users: 5, clockSkewMs: DAY, headers: WITHOUT_RESET }, async (api, simulator) => {
      simulator.faults.set([
        { match: { route: 'organization' }, action: { type: 'delay', delayMs: 600 * SECOND } },
      ]);
      const stop = new AbortController();
      const read = api.users(undefined, newContext(stop.signal));
      const failed = assert.rejects(read, /^Error: stopped$/);
      await until(() => secondDates(simulator) === 1);
      stop.abort(new Error('stopped'));
      await failed;
    });
  });
});

/** Requests for the document that is asked for to settle the clock. */
function secondDates({ stats }: Simulator): number {
  return stats.snapshot().byRoute.organization ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
