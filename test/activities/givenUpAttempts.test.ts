import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/common';
import fc from 'fast-check';
import type { Run } from '../../src/graph/write/run';
import { endRun } from '../../src/graph/write/runs';
import { groupsByState } from '../../src/graph/write/workList';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import '../../dev/lab/servers/logs';
import { signal } from '../../dev/lab/signal';
import { OrgUnderTest, type ActivityAttempt } from '../../dev/lab/org/orgUnderTest';
import { steered, type Steer } from './support/steered';
import { Turns } from './support/turns';

const GROUPS = 4;
/** More readers than groups: those without one find the work list empty while the others read. */
const READERS = 8;

/** An attempt that Temporal gives up, unless it is faster than a number of turns. */
interface GivenUp {
  afterTurns: number;
  /** It ends where it is, with what it has claimed. The others go on. */
  dies: boolean;
  readers: number;
}

const givenUpAttempt: fc.Arbitrary<GivenUp> = fc.record({
  afterTurns: fc.integer({ min: 1, max: 20 }),
  dies: fc.boolean(),
  readers: fc.integer({ min: 1, max: 3 }),
});

/** Temporal has given them up, and they go on: their worker only could not be heard. */
describe('Attempts at the memberships that were given up', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 60, groups: GROUPS, memberships: 200 });
  });
  after(() => org.stop());

  const begin = async (): Promise<Run> => {
    const run = await org.begin();
    await org.lists(run);
    return run;
  };
  const attempt = (steer: Steer, parallelism = READERS): ActivityAttempt =>
    org.attempt({ ports: steered({ ...org.ports, okta: org.oktaOfAnotherWorker }, parallelism, steer) });
  const left = async (run: Run) => (await groupsByState(org.db, run)).left;

  it('leave what they took from their retry to the next chunk when they end without reading it', async () => {
    const run = await begin();
    const [[, last] = []] = [...org.sim.org.truth().edges()];
    const zombieMayGoOn = signal();
    const retryMayGoOn = signal();

    const asked: string[] = [];
    const zombie: ActivityAttempt = attempt(async (what, call) => {
      if (!what.startsWith('members')) return call();
      // What it asks for a second time, it has taken from its retry.
      if (asked.includes(what)) zombie.cancel();
      asked.push(what);
      await zombieMayGoOn.given;
      return call();
    }, 1);
    const zombiesFailure = zombie.failure(zombie.call('syncMemberships', run));
    await until(() => asked.length === 1);

    let writes = 0;
    const retry = attempt(async (what, call) => {
      const result = await call();
      if (what === `members ${last}`) await retryMayGoOn.given;
      if (what === 'write') writes += 1;
      return result;
    });
    const retried = retry.call('syncMemberships', run);
    // It has claimed all groups, found no more to claim, and written all but the last one.
    await until(async () => writes >= 2 && (await left(run)) === 1);

    zombieMayGoOn.give();
    assert((await zombiesFailure) instanceof CancelledFailure);
    retryMayGoOn.give();
    assert.deepEqual(await retried, { done: false, groupsDone: GROUPS - 1, groupsTotal: GROUPS });

    const next = await org.attempt().call('syncMemberships', run);
    assert.deepEqual(next, { done: true, groupsDone: GROUPS, groupsTotal: GROUPS });
  });

  it('of an earlier run do not wait for groups that a later run has taken and left', async () => {
    const earlier = await begin();
    const later = await begin();
    const taker = attempt(async (what, call) => {
      if (what.startsWith('members')) taker.cancel();
      return call();
    });
    assert((await taker.failure(taker.call('syncMemberships', later))) instanceof CancelledFailure);
    const { done } = await org.attempt().call('syncMemberships', earlier);
    assert.deepEqual({ done, left: await left(earlier) }, { done: true, left: GROUPS });
  });

  it('leave no group unread in a run that ends as succeeded, in whatever order all of them go on', async function () {
    this.timeout(240_000);
    const cases = [
      fc.infiniteStream(fc.nat(), { noHistory: true }),
      fc.array(givenUpAttempt, { minLength: 1, maxLength: 2 }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(...cases, async (choices, givenUp) => {
        org.sim.org.churn({ seed: 1 + givenUp.length, addMemberships: 8, removeMemberships: 8 });
        const run = await begin();
        const turns = new Turns(choices);
        const late: Promise<unknown>[] = [];
        await turns.until(drain(run, turns, givenUp, late));
        const { outcome, warnings } = await endRun(org.db, run);
        assert.equal(outcome, 'succeeded', JSON.stringify(warnings));
        assert.deepEqual(await groupsByState(org.db, run), {
          tried: GROUPS,
          left: 0,
          unchanged: 0,
          deferred: 0,
        });
        await assertEqual();
        await turns.until(Promise.all(late));
        await assertEqual();
      }),
      { numRuns: 30 },
    );
  });

  /** Calls the activity until it is done, as the workflow does, and retries what is given up, as Temporal does. */
  async function drain(
    run: Run,
    turns: Turns,
    givenUp: readonly GivenUp[],
    late: Promise<unknown>[],
  ): Promise<void> {
    const clock = turns.newLane();
    const over = async ({ afterTurns }: GivenUp) => {
      for (let turn = 0; turn < afterTurns; turn += 1) await clock('turn', () => Promise.resolve());
      return undefined;
    };
    const plans = givenUp.values();
    for (let done = false; !done;) {
      const plan = plans.next().value;
      const current = attempt(turns.newLane(), plan?.readers);
      const working = current.call('syncMemberships', run);
      const chunk = await (plan ? Promise.race([working, over(plan)]) : working);
      if (chunk) done = chunk.done;
      else {
        late.push(current.failure(working));
        if (plan?.dies) current.cancel();
      }
    }
  }

  async function assertEqual(): Promise<void> {
    assert.deepEqual(await org.differences(), []);
  }
});
