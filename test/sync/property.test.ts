import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { RequestedMode, SyncReport } from '../../src/contract';
import type { ChurnPlan } from '../../src/simulator';
import { churnOfPeople } from '../../dev/lab/org/churnPlans';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

/** Okta tells of a change of members late; more than that lies between a change and the run that must show it. */
const STAMP_LAG_MS = 4_000;
const BETWEEN_RUNS_MS = 10 * 60_000;

interface Step {
  mode: RequestedMode;
  changes: ChurnPlan;
  /** Made while the run reads, after this number of calls; the next run must show them. */
  meanwhile: { atCall: number; changes: ChurnPlan } | undefined;
}

const few = fc.integer({ min: 0, max: 4 });
const plan: fc.Arbitrary<ChurnPlan> = fc.record({
  ...churnOfPeople(4),
  recordLogins: few,
  addGroups: fc.integer({ min: 0, max: 2 }),
  renameGroups: fc.integer({ min: 0, max: 2 }),
  deleteGroups: fc.integer({ min: 0, max: 2 }),
  addMemberships: fc.integer({ min: 0, max: 20 }),
  removeMemberships: fc.integer({ min: 0, max: 20 }),
});
const step: fc.Arbitrary<Step> = fc.record({
  mode: fc.constantFrom<RequestedMode>('full', 'incremental', 'incremental', 'auto'),
  changes: plan,
  meanwhile: fc.option(fc.record({ atCall: fc.integer({ min: 1, max: 15 }), changes: plan }), {
    nil: undefined,
    freq: 3,
  }),
});

describe('Under random churn', () => {
  let org: OrgUnderTest;
  let clockAheadMs = 0;
  let madeMeanwhile = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({
      awkward: true,
      users: 150,
      groups: 20,
      memberships: 900,
      now: () => Date.now() + clockAheadMs,
      membershipStampLagMs: STAMP_LAG_MS,
      userDeletionMovesStamp: false,
      searchLagMs: 500,
      latencyMs: 5,
    });
    await org.approvedRun('full');
  });
  after(() => org.stop());

  /** Waits until a run has made this number of calls, or has ended. Returns true if it is still in progress. */
  async function calls(count: number, running: Promise<unknown>): Promise<boolean> {
    let hasEnded = false;
    const end = () => (hasEnded = true);
    void running.then(end, end);
    while (!hasEnded && org.sim.stats.snapshot().calls < count) await sleep(1);
    return !hasEnded;
  }

  it('the graph equals Okta after each run that began later than the lag after the last change', async function () {
    this.timeout(240_000);
    let previous = await graphCounts(org);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
        for (const { mode, changes, meanwhile } of steps) {
          org.sim.org.churn(changes);
          clockAheadMs += BETWEEN_RUNS_MS;
          org.sim.stats.reset();
          const running = org.approvedRun(mode);
          if (meanwhile) {
            if (await calls(meanwhile.atCall, running)) madeMeanwhile += 1;
            org.sim.org.churn(meanwhile.changes);
            clockAheadMs += BETWEEN_RUNS_MS;
          }
          previous = await checkCounts(org, await running, previous, meanwhile !== undefined);
          if (!meanwhile)
            assert.deepEqual(
              await org.differences({ loginsMayLag: mode !== 'full' }),
              [],
              `after a run of mode ${mode}`,
            );
        }
        clockAheadMs += BETWEEN_RUNS_MS;
        previous = await checkCounts(org, await org.approvedRun('incremental'), previous);
        assert.deepEqual(await org.differences({ loginsMayLag: true }), [], 'after the last run');
        previous = await checkCounts(org, await org.approvedRun('full'), previous);
        assert.deepEqual(await org.differences(), [], 'after a full run');
      }),
      // Each case goes on with the org of the one before, so there is nothing to shrink to; the seed is printed.
      { numRuns: 8, endOnFailure: true },
    );
    assert.ok(madeMeanwhile > 0, 'some changes are made while a run reads');
  });
});

interface Counts {
  users: number;
  groups: number;
  memberships: number;
}

async function graphCounts({ db, sim }: OrgUnderTest): Promise<Counts> {
  const [counts] = await db.read<Counts>(
    `RETURN COUNT { (:User {okta_domain: $domain}) } AS users, COUNT { (:Group {okta_domain: $domain}) } AS groups,
            COUNT { (:Group {okta_domain: $domain})<-[:MEMBER_OF]-() } AS memberships`,
    { domain: sim.domain },
  );
  assert.ok(counts);
  return counts;
}

/**
 * What a report says was added and removed is what the graph has more and less. Only a group that is empty when it is
 * read, and has members when Okta is asked for their count, can be left to the next run.
 */
async function checkCounts(
  org: OrgUnderTest,
  report: SyncReport,
  before: Counts,
  hasChangedMeanwhile = false,
): Promise<Counts> {
  const after = await graphCounts(org);
  const isLeft = hasChangedMeanwhile && report.warnings.some(({ code }) => code === 'MEMBERS_MISSING');
  assert.equal(report.outcome, isLeft ? 'partial' : 'succeeded', JSON.stringify(report.warnings));
  assert.equal(after.users, before.users + report.users.created - report.users.deleted, 'users');
  assert.equal(after.groups, before.groups + report.groups.created - report.groups.deleted, 'groups');
  assert.equal(
    after.memberships,
    before.memberships + report.memberships.added - report.memberships.removed,
    'memberships',
  );
  return after;
}
