import assert from 'node:assert/strict';
import type { FaultRule } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { assertHeals, contentOf, groupsBySize, membersOf, warningsOf } from '../../dev/lab/org/content';

const HIDE_ALL: FaultRule = { match: { route: 'members' }, action: { type: 'hideMembers', share: 1 } };
const NO_COUNT: FaultRule = { match: {}, action: { type: 'noUsersCount' } };

describe('When Okta shows less than it has', () => {
  let stack: Stack;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 120, groups: 15 });
  });
  afterEach(() => stack.sim.faults.clear());
  after(() => stack.stop());

  const counts = () => stack.sim.org.truth().counts;
  const told = (report: Parameters<typeof warningsOf>[0], code: string) =>
    warningsOf(report, code)
      .map(({ groupId }) => groupId ?? '')
      .sort();

  it('members that are hidden from the first run on are reported, not taken for none', async () => {
    stack.sim.faults.set([HIDE_ALL]);
    const report = await stack.sync();
    assert.equal(report.outcome, 'partial');
    assert.deepEqual(told(report, 'MEMBERS_MISSING'), groupsBySize(stack).sort());
    assert.deepEqual((await contentOf(stack)).edges, []);
    const healed = await assertHeals(stack, { mode: 'incremental' });
    assert.equal(healed.memberships.added, counts().memberships);
  });

  it('no users at all: none is removed', async () => {
    const before = await contentOf(stack);
    stack.sim.faults.set([{ match: { route: 'users' }, action: { type: 'emptyList' } }]);
    stack.sim.stats.reset();
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.equal(warningsOf(report, 'EMPTY_USER_LIST').length, 1);
    assert.equal(stack.sim.stats.snapshot().byRoute.user, undefined, 'nobody is suspected');
    assert.deepEqual(await contentOf(stack), before);
    await assertHeals(stack);
  });

  it('a new member does not make an empty list of users credible', async () => {
    const before = await contentOf(stack);
    const newcomer = stack.sim.org.addUser();
    stack.sim.faults.set([
      { match: { route: 'users' }, action: { type: 'emptyList' } },
      { match: { route: 'user' }, action: { type: 'error', status: 404, errorCode: 'E0000007' } },
    ]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.deepEqual(
      [warningsOf(report, 'EMPTY_USER_LIST').length, report.users.seen, report.users.created],
      [1, 0, 1],
    );
    assert.deepEqual((await contentOf(stack)).users, [...before.users, newcomer].sort());
    await assertHeals(stack);
  });

  it('no groups at all: none is removed, and no membership', async () => {
    const before = await contentOf(stack);
    for (const mode of ['full', 'incremental'] as const) {
      stack.sim.faults.set([{ match: { route: 'groups' }, action: { type: 'emptyList' } }]);
      const report = await stack.sync({ mode });
      assert.equal(report.outcome, 'partial');
      assert.equal(warningsOf(report, 'EMPTY_GROUP_LIST').length, 1);
      assert.deepEqual(await contentOf(stack), before);
    }
    await assertHeals(stack);
  });

  it('no member of any group, while Okta counts some: all memberships are kept', async () => {
    const before = await contentOf(stack);
    stack.sim.faults.set([HIDE_ALL]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.deepEqual(told(report, 'MEMBERS_MISSING'), groupsBySize(stack).sort());
    const everyone = warningsOf(report, 'MEMBERS_MISSING').find(
      ({ groupId }) => groupId === stack.sim.org.everyone.id,
    );
    assert.match(everyone?.message ?? '', new RegExp(`counts ${counts().users}; .*were kept`));
    assert.deepEqual(await contentOf(stack), before);
    await assertHeals(stack, { mode: 'incremental' });
  });

  it('a group that is emptied, and deleted while its count is asked for, goes without a warning', async () => {
    const [, group = ''] = groupsBySize(stack);
    for (const member of membersOf(stack, group)) stack.sim.org.removeMembership(group, member);
    const isGone: FaultRule = {
      match: { path: `/groups/${group}?` },
      action: { type: 'error', status: 404, errorCode: 'E0000007' },
    };
    stack.sim.faults.set([isGone]);
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual([report.outcome, report.groups.deleted], ['succeeded', 1]);
    assert.deepEqual(warningsOf(report, 'MEMBERS_MISSING'), []);
    assert(!(await contentOf(stack)).groups.includes(group), 'the group is removed');
    await assertHeals(stack);
  });

  it('a count that is absent is unknown: empty answers are not believed, and empty groups are asked for', async () => {
    const before = await contentOf(stack);
    stack.sim.faults.set([HIDE_ALL, NO_COUNT]);
    stack.sim.stats.reset();
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.deepEqual(told(report, 'MEMBERS_MISSING'), groupsBySize(stack).sort());
    for (const { message } of warningsOf(report, 'MEMBERS_MISSING'))
      assert.match(message, /counts an unknown number/);
    assert.equal(stack.sim.stats.snapshot().byRoute.members, counts().groups);
    assert.deepEqual(await contentOf(stack), before);
    await assertHeals(stack, { mode: 'incremental' });
  });

  it('a count that is absent hinders no ordinary change', async () => {
    const [, group = ''] = groupsBySize(stack);
    const [leaver = ''] = membersOf(stack, group);
    stack.sim.org.removeMembership(group, leaver);
    stack.sim.org.addMembership(group, stack.sim.org.addUser());
    stack.sim.faults.set([NO_COUNT]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.deepEqual([report.memberships.added, report.memberships.removed], [2, 1]);
    await assertHeals(stack, { mode: 'incremental' });
  });

  it('a group that is empty indeed loses its members', async () => {
    const [, group = ''] = groupsBySize(stack);
    const members = membersOf(stack, group);
    for (const user of members) stack.sim.org.removeMembership(group, user);
    const report = await stack.sync({ mode: 'incremental' });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.equal(report.memberships.removed, members.length);
    assert.deepEqual(await stack.differences(), []);
  });

  it('an incremental run in which no user has changed is no empty org', async () => {
    stack.sim.faults.set([{ match: { route: 'users' }, action: { type: 'emptyList' } }]);
    const report = await stack.sync({ mode: 'incremental' });
    assert.equal(report.outcome, 'succeeded');
    assert.deepEqual(warningsOf(report, 'EMPTY_USER_LIST'), []);
    assert.deepEqual(await stack.differences(), []);
  });
});
