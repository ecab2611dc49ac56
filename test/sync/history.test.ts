import assert from 'node:assert/strict';
import fc from 'fast-check';
import { churnOfPeople } from '../../dev/lab/org/churnPlans';
import { groupsAt, membersAt, membershipsOf } from '../../dev/lab/graph/pastMemberships';
import type { ChurnPlan } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { RecordedTruth } from './support/recordedTruth';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

/** More than Okta's stamps lag lies between a change and the run that must show it. */
const BETWEEN_RUNS_MS = 10 * 60_000;
const STEPS = 30;

const plan: fc.Arbitrary<ChurnPlan> = fc.record({
  ...churnOfPeople(3),
  addGroups: fc.integer({ min: 0, max: 2 }),
  deleteGroups: fc.integer({ min: 0, max: 1 }),
  addMemberships: fc.integer({ min: 0, max: 20 }),
  removeMemberships: fc.integer({ min: 0, max: 20 }),
});

describe('Memberships of the past', () => {
  let org: OrgUnderTest;
  let aheadMs = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({
      awkward: true,
      users: 60,
      groups: 12,
      memberships: 300,
      now: () => Date.now() + aheadMs,
      membershipStampLagMs: 4_000,
      userDeletionMovesStamp: false,
    });
  });
  after(() => org.stop());

  /** A run some time after the last change. */
  async function syncLater(mode: 'full' | 'incremental' = 'full'): Promise<void> {
    aheadMs += BETWEEN_RUNS_MS;
    const report = await org.approvedRun(mode);
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
  }

  /** Okta's clock at the latest reading of each group that there is. */
  async function readings(): Promise<{ id: string; asOfMs: number }[]> {
    return org.db.read(
      `MATCH (g:Group {okta_domain: $domain}) RETURN g.id AS id, g.memberships_whole_as_of.epochMillis AS asOfMs`,
      { domain: org.sim.domain },
    );
  }

  it(`are what Okta had at the moment of each reading, over ${STEPS} steps of churn`, async function () {
    this.timeout(300_000);
    const truth = new RecordedTruth(org.sim);
    const moments = new Map<string, { id: string; atMs: number }>();
    const seed = Date.now();
    const steps = fc.sample(plan, { numRuns: STEPS, seed });
    for (const [i, changes] of [{}, ...steps].entries()) {
      org.sim.org.churn({ groupsTouched: 0, ...changes });
      truth.record();
      await syncLater(i % 3 === 0 ? 'full' : 'incremental');
      assert.deepEqual(await org.differences({ loginsMayLag: true }), [], `step ${i} of seed ${seed}`);
      for (const { id, asOfMs } of await readings()) moments.set(`${id} ${asOfMs}`, { id, atMs: asOfMs });
    }
    assert.ok(moments.size > STEPS, 'groups are read again and again');
    for (const { id, atMs } of moments.values()) {
      const members = await membersAt(org.db, org.sim.domain, id, atMs);
      const told = members.map(({ userId }) => userId);
      assert.deepEqual(
        told,
        truth.membersAt(id, atMs),
        `group ${id} at ${new Date(atMs).toISOString()}, seed ${seed}`,
      );
      for (const { notBeforeMs, validFromMs, endedAfterMs, validToMs } of members) {
        assert.ok(
          validFromMs !== null && (notBeforeMs ?? 0) < validFromMs && validFromMs <= atMs,
          `it began between ${notBeforeMs} and ${validFromMs}, and is of ${atMs}`,
        );
        assert.ok(
          validToMs === null || (endedAfterMs !== null && endedAfterMs < validToMs),
          `it ended between ${endedAfterMs} and ${validToMs}`,
        );
      }
    }
  });

  it('are two where a user left and came back, each between the readings that saw it', async () => {
    const { org: okta } = org.sim;
    const userId = okta.addUser();
    const groupId = okta.addGroup();
    await syncLater();
    const at: number[] = [];
    const read = async () => {
      await syncLater('incremental');
      at.push((await readings()).find(({ id }) => id === groupId)?.asOfMs ?? 0);
    };
    okta.addMembership(groupId, userId);
    await read();
    okta.removeMembership(groupId, userId);
    await read();
    okta.addMembership(groupId, userId);
    await read();
    const [first, second, ...more] = await membershipsOf(org.db, org.sim.domain, userId, groupId);
    assert.deepEqual(more, []);
    assert.ok(first && second && first.notBeforeMs !== null && first.notBeforeMs < (at[0] ?? 0));
    assert.deepEqual([first.validFromMs, first.endedAfterMs, first.validToMs], [at[0], at[0], at[1]]);
    assert.deepEqual([second.notBeforeMs, second.validFromMs, second.validToMs], [at[1], at[2], null]);
  });

  it('stay with a user and a group that Okta has deleted', async () => {
    const { org: okta, domain } = org.sim;
    const [leaver, stayer] = [okta.addUser(), okta.addUser()];
    const [kept, dropped] = [okta.addGroup(), okta.addGroup()];
    for (const group of [kept, dropped]) for (const user of [leaver, stayer]) okta.addMembership(group, user);
    await syncLater();
    const thenMs = okta.nowMs();
    aheadMs += BETWEEN_RUNS_MS;
    okta.deactivateUser(leaver);
    okta.deleteUser(leaver);
    okta.deleteGroup(dropped);
    await syncLater();
    assert.deepEqual(await org.differences(), []);
    const everyone = okta.everyone.id;
    const groups = async (user: string, atMs: number) =>
      (await groupsAt(org.db, domain, user, atMs)).map(({ groupId }) => groupId);
    const members = async (group: string, atMs: number) =>
      (await membersAt(org.db, domain, group, atMs)).map(({ userId }) => userId);
    assert.deepEqual(await groups(leaver, thenMs), [everyone, kept, dropped].sort());
    assert.deepEqual(await members(dropped, thenMs), [leaver, stayer].sort());
    assert.deepEqual(await members(kept, thenMs), [leaver, stayer].sort());
    const nowMs = okta.nowMs() + 1000;
    assert.deepEqual(await groups(leaver, nowMs), []);
    assert.deepEqual(await members(dropped, nowMs), []);
    assert.deepEqual(await members(kept, nowMs), [stayer]);
    const labels = await org.db.read<{ labels: string[]; isDated: boolean }>(
      `MATCH (n {okta_domain: $domain}) WHERE n.id IN $ids
       RETURN labels(n) AS labels, n.removed_at IS NOT NULL AND n.removed_run IS NOT NULL AS isDated ORDER BY labels`,
      { domain, ids: [leaver, dropped] },
    );
    assert.deepEqual(labels, [
      { labels: ['FormerGroup', 'OktaFormerGroup'], isDated: true },
      { labels: ['FormerUser', 'OktaFormerUser'], isDated: true },
    ]);
  });
});
