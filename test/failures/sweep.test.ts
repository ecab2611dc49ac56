import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule } from '../../src/simulator';
import type { Stack } from '../../dev/lab/org/stack';
import {
  assertHeals,
  contentOf,
  deleteUser,
  groupsBySize,
  membersOf,
  oktaEdges,
  warningsOf,
} from '../../dev/lab/org/content';
import { useSyncedStack } from './support/syncedStack';

type Action = FaultRule['action'];

const NOT_FOUND: Action = { type: 'error', status: 404, errorCode: 'E0000007' };

describe('What Okta no longer has', () => {
  let stack: Stack;
  useSyncedStack((synced) => (stack = synced), { users: 120, groups: 20 });

  const lastUser = (): string => [...stack.sim.org.truth().users()].at(-1)?.id ?? '';
  const lastGroup = (): string => [...stack.sim.org.truth().groups()].at(-1)?.id ?? '';

  it('a group that is deleted while its members are requested is removed in the same run', async () => {
    const [, group = ''] = groupsBySize(stack);
    const members = membersOf(stack, group);
    stack.sim.faults.set([
      { match: { route: 'members', path: group }, action: { type: 'delay', delayMs: 400 } },
    ]);
    const running = stack.sync({ mode: 'full' });
    while (stack.sim.faults.report()[0]?.fired === 0) await sleep(20);
    stack.sim.org.deleteGroup(group);
    const report = await running;
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.deepEqual([report.groups.deleted, report.memberships.groupsFailed], [1, 0]);
    assert.equal(report.memberships.removed, members.length);
    assert.deepEqual(await stack.differences(), []);
  });

  it('404 for the members of a group that exists proves nothing', async () => {
    const [, group = ''] = groupsBySize(stack);
    const before = await contentOf(stack);
    stack.sim.faults.set([{ match: { route: 'members', path: group }, action: NOT_FOUND }]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.deepEqual(
      warningsOf(report, 'GROUP_FAILED').map(({ groupId }) => groupId),
      [group],
    );
    assert.equal(report.groups.deleted, 0);
    assert.deepEqual(await contentOf(stack), before);
    await assertHeals(stack, { mode: 'incremental' });
  });

  const FORBIDDEN: Action = { type: 'error', status: 403, errorCode: 'E0000006' };
  const NO_PROOF: readonly { title: string; ofUser: Action; ofGroup?: Action }[] = [
    { title: '403 for both', ofUser: FORBIDDEN },
    {
      title: '500 for the user and 403 for the group',
      ofUser: { type: 'error', status: 500 },
      ofGroup: FORBIDDEN,
    },
    { title: '404 of something that is not Okta', ofUser: { type: 'html', status: 404 } },
    { title: 'an object that is no user and no group', ofUser: { type: 'error', status: 200, body: {} } },
    { title: 'a redirect', ofUser: { type: 'redirect', location: 'http://127.0.0.1:1/' } },
  ];
  for (const { title, ofUser, ofGroup = ofUser } of NO_PROOF) {
    it(`an unlisted user and an unlisted group are kept, and reported, when asking for them gives ${title}`, async () => {
      const [user, group] = [lastUser(), lastGroup()];
      const edgesOfGroup = oktaEdges(stack).filter((edge) => edge.endsWith(group));
      deleteUser(stack, user);
      stack.sim.org.deleteGroup(group);
      const before = await contentOf(stack);
      stack.sim.faults.set([
        { match: { route: 'user' }, action: ofUser },
        { match: { route: 'group' }, action: ofGroup },
      ]);
      const report = await stack.sync({ mode: 'full' });
      assert.equal(report.outcome, 'partial');
      assert.deepEqual([report.users.deleted, report.groups.deleted], [0, 0]);
      assert.equal(warningsOf(report, 'KEPT_UNPROVEN')[0]?.count, 2);
      const after = await contentOf(stack);
      assert.deepEqual([after.users, after.groups], [before.users, before.groups]);
      const kept = edgesOfGroup.filter((edge) => before.edges.includes(edge));
      assert.deepEqual(after.edges, [...oktaEdges(stack), ...kept].sort());

      const healed = await assertHeals(stack, { mode: 'full' });
      assert.deepEqual([healed.users.deleted, healed.groups.deleted], [1, 1]);
    });
  }

  it('401 for a single user ends the run, which deletes nothing', async () => {
    deleteUser(stack, lastUser());
    const { users } = await contentOf(stack);
    stack.sim.faults.set([
      { match: { route: 'user' }, action: { type: 'error', status: 401, errorCode: 'E0000011' } },
    ]);
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual([report.outcome, report.failure?.code], ['failed', 'OKTA_UNAUTHORIZED']);
    assert.deepEqual((await contentOf(stack)).users, users);
    await assertHeals(stack, { mode: 'incremental' });
  });

  it('a user that the list left out, but that Okta still has, is kept', async () => {
    const before = await contentOf(stack);
    const listed = [...stack.sim.org.truth().users()].slice(0, 100);
    stack.sim.faults.set([
      { match: { route: 'users' }, action: { type: 'error', status: 200, body: listed } },
    ]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.deepEqual([report.users.seen, report.users.deleted], [100, 0]);
    assert.deepEqual(await contentOf(stack), before);
    assert.deepEqual(await stack.differences(), []);
  });
});
