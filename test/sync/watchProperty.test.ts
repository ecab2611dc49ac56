import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { ChurnPlan } from '../../src/simulator';
import { churnOfPeople } from '../../dev/lab/org/churnPlans';
import { Stack } from '../../dev/lab/org/stack';
import { WatchedOrg } from '../../dev/lab/org/watchedOrg';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { startWorkerProcess } from '../../dev/lab/servers/workerProcess';

interface Step {
  changes: ChurnPlan;
  isImport: boolean;
  /** Time until the next change, milliseconds: the watch may be anywhere by then. */
  pauseMs: number;
  restartsWorker: boolean;
}

const few = fc.integer({ min: 0, max: 3 });
const step: fc.Arbitrary<Step> = fc.record({
  changes: fc.record({
    ...churnOfPeople(3),
    recordLogins: few,
    addGroups: fc.integer({ min: 0, max: 1 }),
    renameGroups: few,
    deleteGroups: fc.integer({ min: 0, max: 1 }),
    addMemberships: fc.integer({ min: 0, max: 12 }),
    removeMemberships: fc.integer({ min: 0, max: 12 }),
  }),
  isImport: fc.boolean(),
  pauseMs: fc.integer({ min: 0, max: 900 }),
  restartsWorker: fc.boolean(),
});

describe('A watched org under random churn', function () {
  this.timeout(300_000);
  let stack: Stack;
  let watched: WatchedOrg;
  /** All that the org has ever had. */
  const ever = new Set<string>();

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 150, groups: 20, memberships: 900, awkward: true });
    Object.assign(stack.sim.settings.log, { missing: 0.15, repeated: 0.3, persistJitterMs: 400 });
    remember();
    await stack.sync({ mode: 'full' });
    watched = await WatchedOrg.start(stack);
  });
  after(async () => {
    await watched.stop();
    await stack.stop();
  });

  function remember(): void {
    const truth = stack.sim.org.truth();
    for (const { id } of [...truth.users(), ...truth.groups()]) ever.add(String(id));
    for (const [user, group] of truth.edges()) ever.add(`${user} ${group}`);
  }

  function change({ changes, isImport }: Step): void {
    if (isImport) stack.sim.org.import(changes);
    else stack.sim.org.churn(changes);
    remember();
  }

  /** What the graph has, or had, and the org never. */
  async function invented(): Promise<string[]> {
    const rows = await stack.db.read<{ what: string }>(
      `MATCH (n:User|Group|FormerUser|FormerGroup {okta_domain: $domain}) RETURN n.id AS what
       UNION
       MATCH (u)-[:MEMBER_OF|WAS_MEMBER_OF]->(g) WHERE g.okta_domain = $domain RETURN u.id + ' ' + g.id AS what`,
      { domain: stack.domain },
    );
    return rows.map(({ what }) => what).filter((what) => !ever.has(what));
  }

  it('is in the graph as it is after the next scheduled run, and never as it never was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
        for (const each of steps) {
          change(each);
          await sleep(each.pauseMs);
          if (each.restartsWorker) await stack.restartWorker();
          assert.deepEqual(await invented(), []);
        }
        // Some events are lost, so that the watch alone may not be enough.
        const { outcome, warnings } = await stack.sync();
        assert.equal(outcome, 'succeeded', JSON.stringify(warnings));
        assert.deepEqual(await stack.differences({ loginsMayLag: true }), []);
        await watched.idle();
        assert.deepEqual(await stack.differences({ loginsMayLag: true }), []);
        assert.deepEqual(await invented(), []);
      }),
      // Each case goes on with the org of the one before, so there is nothing to shrink to; the seed is printed.
      { numRuns: 6, endOnFailure: true },
    );
    const runs = await watched.runsAfter(1);
    assert(runs.some(({ mode }) => mode === 'touched'));
  });

  it('is followed from where a killed worker was', async () => {
    Object.assign(stack.sim.settings.log, { missing: 0, repeated: 0, persistJitterMs: 0 });
    await stack.stopWorker();
    const killed = await startWorkerProcess(stack.variables);
    await watched.ping();
    await watched.idle();
    // It dies while it reads what the log has named.
    stack.sim.faults.set([{ match: { route: 'user', nth: 1 }, action: { type: 'delay', delayMs: 20_000 } }]);
    stack.sim.stats.reset();
    const [user] = [...stack.sim.org.truth().users()].filter(({ status }) => status === 'ACTIVE');
    assert(user);
    stack.sim.org.renameUser(user.id);
    remember();
    while (!stack.sim.stats.snapshot().byRoute.user) await sleep(20);
    await killed.stop('SIGKILL');
    stack.sim.org.churn({ seed: 3, renameUsers: 2, addMemberships: 4, removeMemberships: 4 });
    remember();
    await stack.restartWorker();
    await watched.caughtUp();
    await watched.idle();
    assert.deepEqual(await invented(), []);
    const [, ...later] = await watched.runsAfter(0);
    assert.equal(
      later.some(({ report }) => report?.warnings.some(({ code }) => code === 'LOG_GAP')),
      false,
      'no event was lost with the worker',
    );
  });
});
