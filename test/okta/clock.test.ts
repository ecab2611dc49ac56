import assert from 'node:assert/strict';
import type { CallContext } from '../../src/okta/callContext';
import { OktaClock } from '../../src/okta/clock';
import type { SettingsChange, Simulator } from '../../src/simulator';
import { until } from '../cli/until';
import { newContext, pagesOf, withOrg } from './support/api';

const START = Date.UTC(2026, 10, 24, 8);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;

/** An answer: when it arrives by this machine's clock, its `Date` in place of that time, and the time it is given. */
type Step = readonly [atMs: number, date: number | string | undefined, dated: number];

/** A `Date` that is so far ahead of this machine's clock. */
const ahead = (atMs: number, byMs: number): Step => [atMs, atMs + byMs, atMs + byMs];
/** The same, which is not believed: this machine's clock and the offset known so far date the answer. */
const doubted = (atMs: number, byMs: number, knownMs = 0): Step => [atMs, atMs + byMs, atMs + knownMs];

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
      'is not told by a `Date` that is absent or not a date',
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
  ];
  for (const [what, steps] of CASES) {
    it(what, () => {
      const clock = new OktaClock();
      for (const [i, [atMs, date, dated]] of steps.entries()) {
        const header = typeof date === 'number' ? new Date(START + date).toUTCString() : date;
        assert.equal(clock.dateOf(header, START + atMs) - START, dated, `answer ${i + 1}`);
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
    for (const nth of [1, 2]) {
      it(`are dated by the clock of the others when the ${nth === 1 ? 'first' : 'second'} answer is ${what}`, async () => {
        await withOrg({ users: 450 }, async (api, simulator) => {
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
          assert.equal(secondDates(simulator), nth === 1 ? 1 : 0, 'a clock that is confirmed needs none');
        });
      });
    }
  }

  const SETTINGS: readonly (readonly [what: string, settings: SettingsChange])[] = [
    ['two hours behind', { clockSkewMs: -7_200 * SECOND }],
    ['a day ahead', { clockSkewMs: DAY }],
    ['a day behind, as its `Date` says', { headers: { dateOffS: -86_400 } }],
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
        assert.equal(secondDates(simulator), 1, 'they share the second answer');
        assert.equal(sum(contexts.map(({ usage }) => usage.requests.other)), 1);
      });
    });
  }

  it('cost no further request where the clocks agree', async () => {
    await withOrg({ users: 450 }, async (api, simulator) => {
      const context = newContext();
      assert.equal((await pagesOf((cursor) => api.users(cursor, context))).length, 3);
      assert.equal(secondDates(simulator), 0);
      assert.equal(context.usage.requests.other, 0);
    });
  });

  it('are dated by the clock of this machine where no second answer can be had, and one is asked for once', async () => {
    await withOrg({ users: 450, clockSkewMs: DAY }, async (api, simulator) => {
      simulator.faults.set([{ match: { route: 'organization' }, action: { type: 'reset' } }]);
      // The first of them: later ones agree with it once they are a second younger.
      assertNear((await api.users(undefined, newContext())).dateMs, Date.now());
      await until(async () => (await api.users(undefined, newContext())).dateMs > Date.now() + DAY - MINUTE);
      assert.equal(secondDates(simulator), 1);
    });
  });

  it('are not waited for once the call is aborted, though a second answer is still to come', async () => {
    await withOrg({ users: 5, clockSkewMs: DAY }, async (api, simulator) => {
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
