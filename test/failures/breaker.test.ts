import assert from 'node:assert/strict';
import type { SyncReport } from '../../src/contract';
import type { Stack } from '../../dev/lab/org/stack';
import {
  assertHeals,
  contentOf,
  deleteUser,
  groupsBySize,
  oktaEdges,
  warningsOf,
} from '../../dev/lab/org/content';
import { useSyncedStack } from './support/syncedStack';

/** SYNC_MAX_DELETE_PERCENT, its default. */
const PERCENT = 20;

describe('What the breaker lets pass', () => {
  let stack: Stack;
  useSyncedStack((synced) => (stack = synced), { users: 120, groups: 15 });

  const userIds = (): string[] => [...stack.sim.org.truth().users()].map(({ id }) => id);
  /** The warnings about the whole run; each group that is left as it was has one of its own. */
  const withheldOf = (report: SyncReport) => ofTheRun(report, 'REMOVALS_WITHHELD');
  const shrankOf = (report: SyncReport) => ofTheRun(report, 'SCOPE_SHRANK');
  const ofTheRun = (report: SyncReport, code: string) =>
    warningsOf(report, code).filter(({ groupId }) => groupId === undefined);

  async function assertPasses(report: SyncReport): Promise<void> {
    assert.deepEqual(withheldOf(report), []);
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.deepEqual(await stack.differences({ loginsMayLag: true }), []);
  }

  it('12 of 30 members who leave one group', async () => {
    const group = stack.sim.org.addGroup();
    const members = userIds().slice(0, 30);
    for (const user of members) stack.sim.org.addMembership(group, user);
    await assertHeals(stack);
    for (const user of members.slice(0, 12)) stack.sim.org.removeMembership(group, user);
    const report = await stack.sync({ mode: 'incremental' });
    assert.equal(report.memberships.removed, 12);
    await assertPasses(report);
  });

  it('a department that is closed: several groups emptied, with counts that agree', async () => {
    const closed = groupsBySize(stack).slice(1, 8);
    const leaving = oktaEdges(stack).filter((edge) => closed.some((group) => edge.endsWith(group)));
    for (const edge of leaving) {
      const [user = '', group = ''] = edge.split(' ');
      stack.sim.org.removeMembership(group, user);
    }
    assert.ok(
      leaving.length > (oktaEdges(stack).length * PERCENT) / 100,
      'more than the breaker lets pass unconfirmed',
    );
    const report = await stack.sync({ mode: 'incremental' });
    assert.equal(report.memberships.removed, leaving.length);
    await assertPasses(report);
  });

  it('8 deleted users of a small org', async () => {
    for (const user of userIds().slice(-8)) deleteUser(stack, user);
    const report = await stack.sync({ mode: 'incremental' });
    assert.equal(report.users.deleted, 8);
    await assertPasses(report);
  });

  it('not half of the members of all groups, which a token no longer sees and Okta still counts, until it is allowed', async () => {
    const before = await contentOf(stack);
    const hide = () =>
      stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'hideMembers', share: 0.5 } }]);
    hide();
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.equal(report.memberships.removed, 0);
    assert.deepEqual(await contentOf(stack), before);
    assert.deepEqual(withheldOf(report), [], 'it is not the limit that holds them back');
    const [whole, ...others] = shrankOf(report);
    assert.deepEqual(others, []);
    assert.match(
      whole?.message ?? '',
      new RegExp(`^Withheld the removal of ${whole?.count} memberships: Okta no longer`),
    );
    const byGroup = warningsOf(report, 'SCOPE_SHRANK').filter(({ groupId }) => groupId !== undefined);
    assert.equal(
      byGroup.reduce((sum, { count }) => sum + (count ?? 0), 0),
      whole?.count,
    );

    const healed = await assertHeals(stack, { mode: 'incremental' });
    assert.ok(healed.memberships.groupsRead >= byGroup.length, 'what was withheld is looked at again');
    assert.equal(healed.memberships.added, 0);

    hide();
    const unlimited = await stack.sync({ mode: 'full', allowDeletes: true });
    assert.equal(unlimited.memberships.removed, 0, 'the last run withheld nothing, so nothing is approved');
    const allowed = await stack.sync({ mode: 'full', allowDeletes: true });
    assert.equal(allowed.memberships.removed, whole?.count);
    assert.equal(allowed.outcome, 'succeeded');
    const { users, groups } = await contentOf(stack);
    assert.deepEqual([users, groups], [before.users, before.groups]);
    const again = await assertHeals(stack, { mode: 'incremental' });
    assert.equal(again.memberships.added, whole?.count, 'what was removed without proof is looked at again');
    assert.deepEqual(await contentOf(stack), before);
  });

  it('not 60 % of the users, not even a part of them, until it is allowed', async () => {
    const before = await contentOf(stack);
    const deleted = userIds().slice(0, Math.ceil(before.users.length * 0.6));
    for (const user of deleted) deleteUser(stack, user);
    for (let round = 0; round < 2; round += 1) {
      const report = await stack.sync({ mode: 'full' });
      assert.equal(report.outcome, 'partial');
      assert.equal(report.users.deleted, 0);
      const [withheld] = withheldOf(report);
      assert.equal(withheld?.count, deleted.length);
      assert.match(
        withheld?.message ?? '',
        new RegExp(`^Withheld the removal of ${deleted.length} of ${before.users.length} users: `),
      );
      const after = await contentOf(stack);
      assert.equal(after.users.length, before.users.length);
      assert.deepEqual(after.edges, oktaEdges(stack), 'memberships agree with the counts of the groups');
    }

    const allowed = await stack.sync({ mode: 'incremental', allowDeletes: true });
    assert.equal(allowed.users.deleted, deleted.length);
    await assertPasses(allowed);
    await assertHeals(stack);
  });

  it('not more than half of the groups, not even a part of them, until it is allowed', async () => {
    const before = await contentOf(stack);
    const deleted = before.groups.filter((id) => id !== stack.sim.org.everyone.id).slice(0, 10);
    for (const group of deleted) stack.sim.org.deleteGroup(group);
    const report = await stack.sync({ mode: 'incremental' });
    assert.deepEqual([report.outcome, report.groups.deleted], ['partial', 0]);
    assert.equal(withheldOf(report)[0]?.count, deleted.length);
    const allowed = await stack.sync({ mode: 'incremental', allowDeletes: true });
    assert.equal(allowed.groups.deleted, deleted.length);
    await assertPasses(allowed);
  });
});
