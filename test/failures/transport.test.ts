import assert from 'node:assert/strict';
import type { FaultRule } from '../../src/simulator';
import type { Stack } from '../../dev/lab/org/stack';
import { assertHeals, contentOf, groupsBySize, membersOf, warningsOf } from '../../dev/lab/org/content';
import { useSyncedStack } from './support/syncedStack';

type Action = FaultRule['action'];

const error = (status: number, errorCode = 'E0000009'): Action => ({ type: 'error', status, errorCode });

describe('When answers of Okta do not arrive whole', () => {
  let stack: Stack;
  // Verification would read other groups too, which is not what these tests are about.
  const environment = { SYNC_VERIFY: 'daily' };
  useSyncedStack((synced) => (stack = synced), { users: 120, groups: 15 }, environment);

  const fired = (): number[] => stack.sim.faults.report().map((rule) => rule.fired);

  /** First, while no other group has a sign of change. */
  it('one group that always fails holds up no other, keeps its edges, and stays on the list', async () => {
    const [, failing = '', other = ''] = groupsBySize(stack);
    const strangerTo = (group: string): string =>
      [...stack.sim.org.truth().users()].find(({ id }) => !membersOf(stack, group).includes(id))?.id ?? '';
    const edge = `${strangerTo(other)} ${other}`;
    stack.sim.org.addMembership(other, strangerTo(other), false);
    stack.sim.org.addMembership(failing, strangerTo(failing), false);
    const before = await contentOf(stack);
    stack.sim.faults.set([{ match: { route: 'members', path: failing }, action: error(500) }]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.deepEqual(
      warningsOf(report, 'GROUP_FAILED').map(({ groupId, message }) => [
        groupId,
        /500 E0000009/.test(message),
      ]),
      [[failing, true]],
    );
    assert.deepEqual([report.memberships.groupsRead, report.memberships.groupsFailed], [14, 1]);
    const after = { ...before, edges: [...before.edges, edge].sort() };
    assert.deepEqual(await contentOf(stack), after);

    stack.sim.faults.set([{ match: { route: 'members' }, action: error(400, 'E0000001') }]);
    const again = await stack.sync({ mode: 'auto' });
    assert.equal(again.mode, 'incremental', 'a failing group makes no run full');
    assert.deepEqual([again.outcome, again.memberships.groupsFailed, fired()], ['partial', 1, [3]]);
    assert.deepEqual(warningsOf(again, 'GROUP_FAILED')[0]?.groupId, failing);
    assert.deepEqual(await contentOf(stack), after);

    stack.sim.stats.reset();
    const healed = await assertHeals(stack, { mode: 'auto' });
    assert.equal(healed.mode, 'incremental');
    assert.deepEqual([healed.memberships.groupsRead, healed.memberships.groupsUnchanged], [1, 14]);
    assert.equal(stack.sim.stats.snapshot().byRoute.members, 1);
  });

  const BURSTS: readonly { title: string; action: Action }[] = [
    { title: '500', action: error(500) },
    { title: '503', action: error(503, 'E0000010') },
    { title: 'a connection that is reset', action: { type: 'reset' } },
    { title: 'a body that breaks off', action: { type: 'truncate' } },
    { title: 'HTML with 200', action: { type: 'html', status: 200 } },
    { title: 'JSON that is cut', action: { type: 'invalidJson' } },
  ];
  for (const { title, action } of BURSTS) {
    it(`after ${title}, twice on each list, the request is repeated and the run succeeds`, async () => {
      stack.sim.org.churn({ seed: 1, addUsers: 1, renameUsers: 2, groupsTouched: 2, addMemberships: 4 });
      const [, group] = groupsBySize(stack);
      stack.sim.faults.set([
        { match: { route: 'users', times: 2 }, action },
        { match: { route: 'groups', times: 2 }, action },
        { match: { route: 'members', path: group, times: 2 }, action },
      ]);
      const report = await stack.sync({ mode: 'full' });
      assert.deepEqual(fired(), [2, 2, 2]);
      assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
      assert.ok(report.okta.retries >= 3, `${report.okta.retries} retries`);
      assert.deepEqual(await stack.differences(), []);
    });
  }

  it('a page that Okta fails to make is asked for in smaller ones', async () => {
    stack.sim.org.churn({ seed: 2, addUsers: 1, renameUsers: 2 });
    const everyone = stack.sim.org.everyone.id;
    const tooLarge = (match: FaultRule['match']): FaultRule => ({
      match: { ...match, limitOver: 50 },
      action: error(500),
    });
    const smaller = (match: FaultRule['match'], limit: string): FaultRule => ({
      match: { ...match, path: new RegExp(`${String(match.path ?? '')}.*limit=${limit}(&|$)`) },
      action: { type: 'delay', delayMs: 0 },
    });
    stack.sim.faults.set([
      tooLarge({ route: 'users' }),
      tooLarge({ route: 'groups' }),
      tooLarge({ route: 'members', path: everyone }),
      smaller({ route: 'users' }, '50'),
      smaller({ route: 'groups' }, '50'),
      smaller({ route: 'members', path: everyone }, '31'),
    ]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.deepEqual(await stack.differences(), []);
    const { users, memberships } = stack.sim.org.truth().counts;
    assert.deepEqual(fired().slice(3), [Math.ceil(users / 50), 1, Math.ceil(users / 31)]);
    assert.equal(report.reconciliation.memberships, memberships);
  });

  it('where `expand` is what fails, groups sync without their counts, which are unknown then and not 0', async () => {
    const [, group = ''] = groupsBySize(stack);
    const [leaver = ''] = [...stack.sim.org.truth().edges()].find(([, id]) => id === group) ?? [];
    stack.sim.org.addGroup();
    stack.sim.org.removeMembership(group, leaver);
    stack.sim.faults.set([{ match: { hasExpand: true }, action: error(500) }]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.deepEqual([report.groups.created, report.memberships.removed], [1, 1]);
    const counts = await stack.db.read<{ count: number | null }>(
      'MATCH (g:Group {okta_domain: $domain}) RETURN DISTINCT g.users_count AS count',
      { domain: stack.sim.domain },
    );
    assert.deepEqual(counts, [{ count: null }]);
    assert.deepEqual(
      (await stack.differences()).filter((difference) => !difference.endsWith(': users_count')),
      [],
    );
    await assertHeals(stack, { mode: 'incremental' });
  });

  it('answers that take 1 s change nothing but the time', async () => {
    stack.sim.org.churn({ seed: 3, renameUsers: 2, groupsTouched: 1, addMemberships: 2 });
    const [, group] = groupsBySize(stack);
    const action: Action = { type: 'delay', delayMs: 1000 };
    stack.sim.faults.set([
      { match: { route: 'users' }, action },
      { match: { route: 'groups' }, action },
      { match: { route: 'members', path: group }, action },
    ]);
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual([report.outcome, report.okta.retries], ['succeeded', 0]);
    assert.ok(report.durationMs >= 2000, `${report.durationMs} ms`);
    assert.deepEqual(await stack.differences(), []);
  });
});
