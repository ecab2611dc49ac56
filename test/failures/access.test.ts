import assert from 'node:assert/strict';
import { withAdvice } from '../../src/faults/fault';
import type { FaultRule } from '../../src/simulator';
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

/** Requests under way at once, here. */
const PARALLEL = 3;
/** Refusals in a row that end the phase. */
const MAX_FORBIDDEN = 3;

const REFUSED: Extract<FaultRule['action'], { type: 'error' }> = {
  type: 'error',
  status: 401,
  errorCode: 'E0000011',
};
const FORBIDDEN = { ...REFUSED, status: 403, errorCode: 'E0000006' };

describe('When the token is refused', () => {
  let stack: Stack;
  const fail = (action: FaultRule['action'], match: FaultRule['match']): void =>
    stack.sim.faults.set([{ match, action }]);
  const memberCalls = (): number => stack.sim.stats.snapshot().byRoute.members ?? 0;

  useSyncedStack(
    (synced) => (stack = synced),
    { users: 120, groups: 15 },
    { OKTA_MAX_CONCURRENCY: String(PARALLEL) },
    { retryPauseMs: 20 },
  );
  beforeEach(() => stack.sim.stats.reset());

  /** First, while no other group has a sign of change. */
  it('with 403 on single groups, only those are left out', async () => {
    const [, one, , other] = groupsBySize(stack);
    const before = await contentOf(stack);
    fail(FORBIDDEN, { route: 'members', path: new RegExp(`${one}|${other}`) });
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.deepEqual(warningsOf(report, 'GROUPS_LEFT'), []);
    assert.deepEqual(
      warningsOf(report, 'GROUP_FAILED')
        .map(({ groupId }) => groupId)
        .sort(),
      [one, other].sort(),
    );
    assert.deepEqual(await contentOf(stack), before);
    stack.sim.stats.reset();
    await assertHeals(stack, { mode: 'incremental' });
    assert.equal(memberCalls(), 2, 'the two that failed are on the list');
  });

  const LISTS = [
    {
      list: 'users',
      action: REFUSED,
      code: 'OKTA_UNAUTHORIZED',
      advice: /401 E0000011.*Create a new one under Security/,
    },
    {
      list: 'users',
      action: FORBIDDEN,
      code: 'OKTA_FORBIDDEN',
      advice: /403 E0000006.*Read-only Administrator/,
    },
    {
      list: 'groups',
      action: REFUSED,
      code: 'OKTA_UNAUTHORIZED',
      advice: /401 E0000011.*Create a new one under Security/,
    },
    {
      list: 'groups',
      action: FORBIDDEN,
      code: 'OKTA_FORBIDDEN',
      advice: /403 E0000006.*Read-only Administrator/,
    },
  ] as const;
  for (const { list, action, code, advice } of LISTS) {
    it(`with ${action.status} that stays on the ${list}, the run fails with advice and deletes nothing`, async () => {
      deleteUser(stack, [...stack.sim.org.truth().users()].at(-1)?.id ?? '');
      stack.sim.org.deleteGroup([...stack.sim.org.truth().groups()].at(-1)?.id ?? '');
      const before = await contentOf(stack);
      fail(action, { route: list });
      const report = await stack.sync({ mode: 'full' });
      assert.equal(report.outcome, 'failed');
      assert.equal(report.failure?.code, code);
      assert.match(withAdvice(report.failure ?? { message: '' }), advice);
      assert.match(
        report.failure?.advice ?? '',
        /Create a new one under Security|Create the token as a Read-only/,
      );
      const calls = action.status === 401 ? 3 : 1;
      assert.equal(stack.sim.stats.snapshot().byRoute[list], calls, 'a missing right is final at once');
      assert.equal(memberCalls(), 0);
      assert.deepEqual(await contentOf(stack), before);
      await assertHeals(stack);
    });
  }

  it('with 401 in the middle of the members, the run fails and keeps what it has read', async () => {
    const newcomer = stack.sim.org.addUser();
    for (const group of groupsBySize(stack)) stack.sim.org.addMembership(group, newcomer);
    const before = await contentOf(stack);
    fail(REFUSED, { route: 'members', after: 5 });
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'failed');
    assert.equal(report.failure?.code, 'OKTA_UNAUTHORIZED');
    const { edges } = await contentOf(stack);
    assert.deepEqual(
      before.edges.filter((edge) => !edges.includes(edge)),
      [],
    );
    assert.deepEqual(
      edges.filter((edge) => !oktaEdges(stack).includes(edge)),
      [],
    );
    assert.equal(edges.length, before.edges.length + report.memberships.added);
    assert.ok(report.memberships.groupsRead < groupsBySize(stack).length, 'some groups must be left unread');
    const healed = await assertHeals(stack, { mode: 'incremental' });
    assert.equal(healed.memberships.added, oktaEdges(stack).length - edges.length);
  });

  it('with 403 on the members only, users and groups still sync, and the phase ends early', async () => {
    const [user] = stack.sim.org.truth().users();
    stack.sim.org.renameUser(user?.id ?? '');
    stack.sim.org.addGroup();
    const before = await contentOf(stack);
    fail(FORBIDDEN, { route: 'members' });
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.deepEqual([report.users.updated, report.groups.created], [1, 1]);
    assert.deepEqual((await contentOf(stack)).edges, before.edges);
    assert.ok(memberCalls() <= MAX_FORBIDDEN + PARALLEL, `${memberCalls()} calls`);
    const [left] = warningsOf(report, 'GROUPS_LEFT');
    const { groupsRead, groupsFailed } = report.memberships;
    assert.equal(left?.count, report.groups.seen - groupsRead - groupsFailed);
    const failed = warningsOf(report, 'GROUP_FAILED');
    assert.equal(failed.length, groupsFailed);
    assert.ok(groupsFailed > 0, 'groups have failed');
    for (const { groupId, message, advice } of failed) {
      assert.ok(before.groups.includes(groupId ?? ''), `the warning names ${groupId}`);
      assert.match(message, /403 E0000006/);
      assert.match(advice ?? '', /Read-only Administrator/);
    }
    await assertHeals(stack);
  });

  it('groups known to be empty, which cost no call, do not count as a success between refusals', async () => {
    for (let i = 0; i < 60; i++) stack.sim.org.addGroup();
    await assertHeals(stack);
    await stack.db.run(
      `MATCH (g:Group {okta_domain: $domain}) WITH g ORDER BY g.id
       WITH collect(g) AS groups UNWIND range(0, size(groups) - 1) AS rank
       WITH groups[rank] AS g, rank
       SET g.memberships_read_at = datetime('2026-01-01T00:00:00Z') + duration({seconds: rank})`,
      { domain: stack.sim.domain },
    );
    stack.sim.stats.reset();
    fail(FORBIDDEN, { route: 'members' });
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'partial');
    assert.ok(memberCalls() <= MAX_FORBIDDEN + PARALLEL, `${memberCalls()} calls`);
    await assertHeals(stack);
  });
});
