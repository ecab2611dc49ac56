import assert from 'node:assert/strict';
import { withAdvice } from '../../src/faults/fault';
import { MAX_IDLE_PAGES } from '../../src/activities/trail';
import type { Environment } from '../../src/config';
import type { FaultRule } from '../../src/simulator';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import type { Stack } from '../../dev/lab/org/stack';
import { assertHeals, contentOf, deleteUser, groupsBySize, warningsOf } from '../../dev/lab/org/content';
import { useSyncedStack } from './support/syncedStack';

type Action = FaultRule['action'];

const { app, privateJwk } = newApp();
const AS_APP: Environment = {
  OKTA_API_TOKEN: undefined,
  OKTA_CLIENT_ID: CLIENT_ID,
  OKTA_PRIVATE_KEY: privateJwk,
};
const INVALID_SESSION: Action = {
  type: 'error',
  status: 403,
  errorCode: 'E0000005',
  errorSummary: 'Invalid session',
};
/** Users come in three pages. */
const SIZE = { users: 450, groups: 12, memberships: 1_000 };

const WAYS: readonly [way: string, environment: Environment][] = [
  ['an API token', {}],
  ['a service app', AS_APP],
];
for (const [way, environment] of WAYS) {
  describe(`A run with ${way}`, () => {
    let stack: Stack;
    useSyncedStack((synced) => (stack = synced), { ...SIZE, app }, environment);

    const PASSING: readonly [what: string, action: Action][] = [
      ['403 E0000005', INVALID_SESSION],
      ['401 E0000011', { type: 'error', status: 401, errorCode: 'E0000011' }],
      ['408', { type: 'noBody', status: 408 }],
      ['202', { type: 'error', status: 202, body: [] }],
      ['204', { type: 'noBody', status: 204 }],
      ['404 in HTML', { type: 'html', status: 404 }],
    ];
    for (const [what, action] of PASSING) {
      it(`succeeds after ${what} once on each list, and believes none of it`, async () => {
        stack.sim.org.churn({ seed: 1, addUsers: 1, renameUsers: 2, groupsTouched: 2, addMemberships: 4 });
        const [, group] = groupsBySize(stack);
        stack.sim.faults.set([
          { match: { route: 'users', nth: 2 }, action },
          { match: { route: 'groups', nth: 1 }, action },
          { match: { route: 'members', path: group, nth: 1 }, action },
        ]);
        const report = await stack.sync({ mode: 'full' });
        assert.deepEqual(
          stack.sim.faults.report().map(({ fired }) => fired),
          [1, 1, 1],
        );
        assert.equal(report.outcome, 'succeeded', JSON.stringify([report.failure, report.warnings]));
        assert.equal(report.okta.retries, 3);
        assert.deepEqual(await stack.differences(), []);
      });
    }

    it('fails one group alone where 403 E0000005 stays for it, with advice that fits', async () => {
      const before = await contentOf(stack);
      const [, group = ''] = groupsBySize(stack);
      stack.sim.faults.set([{ match: { route: 'members', path: group }, action: INVALID_SESSION }]);
      const report = await stack.sync({ mode: 'full' });
      assert.equal(report.outcome, 'partial');
      const [warning, ...others] = warningsOf(report, 'GROUP_FAILED');
      assert.deepEqual([warning?.groupId, others], [group, []]);
      assert.match(warning?.message ?? '', /403 E0000005/);
      assert.match(warning?.advice ?? '', /session.*invalid/);
      assert.doesNotMatch(withAdvice(warning ?? { message: '' }), /Read-only Administrator/);
      assert.deepEqual(await contentOf(stack), before);
      await assertHeals(stack, { mode: 'incremental' });
    });
  });
}

describe('A run that meets a list without an end', () => {
  let stack: Stack;
  useSyncedStack((synced) => (stack = synced), SIZE, {});
  beforeEach(() => stack.sim.stats.reset());

  const LISTS: readonly ['users' | 'groups', 'empty' | 'again'][] = [
    ['users', 'empty'],
    ['users', 'again'],
    ['groups', 'empty'],
    ['groups', 'again'],
  ];
  for (const [list, pages] of LISTS) {
    it(`of ${list}, ${pages}, fails, keeps what is there, and does not ask for ever`, async () => {
      deleteUser(stack, [...stack.sim.org.truth().users()].at(-1)?.id ?? '');
      const before = await contentOf(stack);
      stack.sim.faults.set([{ match: { route: list }, action: { type: 'endless', pages } }]);
      const report = await stack.sync({ mode: 'full' });
      assert.deepEqual([report.outcome, report.failure?.code], ['failed', 'OKTA_ENDLESS_LIST']);
      const calls = stack.sim.stats.snapshot().byRoute[list] ?? 0;
      assert.ok(calls < 2 * MAX_IDLE_PAGES, `${calls} calls`);
      assert.deepEqual(await contentOf(stack), before);
      stack.sim.faults.clear();
      assert.equal((await stack.sync({ mode: 'full' })).outcome, 'succeeded');
    });
  }

  for (const pages of ['empty', 'again'] as const) {
    it(`of one group's members, ${pages}, leaves that group out and continues with the sweep`, async () => {
      const [, group = ''] = groupsBySize(stack);
      deleteUser(stack, [...stack.sim.org.truth().users()].at(-1)?.id ?? '');
      stack.sim.faults.set([
        { match: { route: 'members', path: group }, action: { type: 'endless', pages } },
      ]);
      const report = await stack.sync({ mode: 'full' });
      assert.equal(report.outcome, 'partial');
      const [warning, ...others] = warningsOf(report, 'GROUP_FAILED');
      assert.deepEqual([warning?.groupId, others], [group, []]);
      assert.match(warning?.message ?? '', /without new items/);
      assert.equal(report.memberships.groupsFailed, 1);
      assert.ok((stack.sim.stats.snapshot().byRoute.user ?? 0) > 0, 'the sweep asked for who is not listed');
      stack.sim.faults.clear();
      assert.equal((await stack.sync({ mode: 'full' })).outcome, 'succeeded');
    });
  }
});
