import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RequestedMode, SyncReport } from '../../src/contract';
import type { ChurnPlan } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';

/** Okta tells of a change of members late; more than that lies between a change and the run that must show it. */
const STAMP_LAG_MS = 4_000;
const BETWEEN_RUNS_MS = 10 * 60_000;

interface Step {
  mode: RequestedMode;
  changes: ChurnPlan;
  /** Made while the run reads; the run after it must show them. */
  meanwhile: ChurnPlan | undefined;
}

const few = fc.integer({ min: 0, max: 4 });
const plan: fc.Arbitrary<ChurnPlan> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  addUsers: few,
  renameUsers: few,
  deactivateUsers: few,
  deleteUsers: few,
  recordLogins: few,
  addGroups: fc.integer({ min: 0, max: 2 }),
  renameGroups: fc.integer({ min: 0, max: 2 }),
  deleteGroups: fc.integer({ min: 0, max: 2 }),
  groupsTouched: few,
  addMemberships: fc.integer({ min: 0, max: 20 }),
  removeMemberships: fc.integer({ min: 0, max: 20 }),
});
const step: fc.Arbitrary<Step> = fc.record({
  mode: fc.constantFrom<RequestedMode>('full', 'incremental', 'incremental', 'auto'),
  changes: plan,
  meanwhile: fc.option(plan, { nil: undefined, freq: 3 }),
});

describe('Under random churn', () => {
  let stack: Stack;
  let clockAheadMs = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({
      users: 150,
      groups: 20,
      memberships: 900,
      now: () => Date.now() + clockAheadMs,
      membershipStampLagMs: STAMP_LAG_MS,
      userDeletionMovesStamp: false,
      searchLagMs: 500,
      latencyMs: 5,
    });
    await stack.syncApproved();
  });
  after(() => stack.stop());

  it('the graph equals Okta after each run that began later than the lag after the last change', async function () {
    this.timeout(240_000);
    let previous = await graphCounts(stack);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
        for (const { mode, changes, meanwhile } of steps) {
          stack.sim.org.churn(changes);
          clockAheadMs += BETWEEN_RUNS_MS;
          const running = stack.syncApproved({ mode });
          if (meanwhile) {
            await new Promise((resolve) => setTimeout(resolve, 250));
            stack.sim.org.churn(meanwhile);
            clockAheadMs += BETWEEN_RUNS_MS;
          }
          previous = await checkCounts(stack, await running, previous);
          if (!meanwhile)
            assert.deepEqual(
              await stack.differences({ loginsMayLag: mode !== 'full' }),
              [],
              `after a run of mode ${mode}`,
            );
        }
        clockAheadMs += BETWEEN_RUNS_MS;
        previous = await checkCounts(stack, await stack.syncApproved({ mode: 'incremental' }), previous);
        assert.deepEqual(await stack.differences({ loginsMayLag: true }), [], 'after the last run');
        previous = await checkCounts(stack, await stack.syncApproved({ mode: 'full' }), previous);
        assert.deepEqual(await stack.differences(), [], 'after a full run');
      }),
      // Each case goes on with the org of the one before, so there is nothing to shrink to; the seed is printed.
      { numRuns: 8, endOnFailure: true },
    );
  });
});

interface Counts {
  users: number;
  groups: number;
  memberships: number;
}

async function graphCounts({ db, sim }: Stack): Promise<Counts> {
  const [counts] = await db.read<Counts>(
    `RETURN COUNT { (:User {okta_domain: $domain}) } AS users, COUNT { (:Group {okta_domain: $domain}) } AS groups,
            COUNT { (:Group {okta_domain: $domain})<-[:MEMBER_OF]-() } AS memberships`,
    { domain: sim.domain },
  );
  assert.ok(counts);
  return counts;
}

/** What a report says was added and removed is what the graph has more and less. */
async function checkCounts(stack: Stack, report: SyncReport, before: Counts): Promise<Counts> {
  const after = await graphCounts(stack);
  assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
  assert.equal(after.users, before.users + report.users.created - report.users.deleted, 'users');
  assert.equal(after.groups, before.groups + report.groups.created - report.groups.deleted, 'groups');
  assert.equal(
    after.memberships,
    before.memberships + report.memberships.added - report.memberships.removed,
    'memberships',
  );
  return after;
}
