import assert from 'node:assert/strict';
import type { FaultRule } from '../../src/simulator';
import type { Stack } from '../../dev/lab/org/stack';
import { assertHeals, contentOf, groupsBySize, warningsOf } from '../../dev/lab/org/content';
import { useSyncedStack } from './support/syncedStack';

type Items = Extract<FaultRule['action'], { type: 'inject' }>['items'];

/** What is no user and no group, and the id that a warning can name. */
const MALFORMED: readonly { item: Items[number]; id?: string }[] = [
  { item: { id: '00xNoProfile' }, id: '00xNoProfile' },
  { item: { id: '00xTextProfile', profile: 'a string' }, id: '00xTextProfile' },
  { item: { id: '00xListProfile', profile: [] }, id: '00xListProfile' },
  { item: { id: '00xNullProfile', profile: null }, id: '00xNullProfile' },
  { item: { profile: { name: 'No id' } } },
  { item: { id: 4711, profile: {} } },
  { item: { id: null, profile: {} } },
  { item: { id: '00x/lifecycle', profile: {} } },
  { item: { id: '../groups', profile: {} } },
  { item: { id: '00x?limit=1', profile: {} } },
  { item: { id: '', profile: {} } },
  { item: null },
  { item: 'a string' },
  { item: 7 },
  { item: [{ id: '00xInAList', profile: {} }] },
];
const NAMED = MALFORMED.flatMap(({ id }) => (id === undefined ? [] : [id])).sort();

describe('When items of a list are not what they should be', () => {
  let stack: Stack;
  useSyncedStack((synced) => (stack = synced), { users: 120, groups: 15 });

  const inject = (items: Items, match: FaultRule['match']): void =>
    stack.sim.faults.set([{ match, action: { type: 'inject', items } }]);
  const items = MALFORMED.map(({ item }) => item);

  for (const [list, code, key] of [
    ['users', 'MALFORMED_USER', 'userId'],
    ['groups', 'MALFORMED_GROUP', 'groupId'],
  ] as const) {
    it(`malformed ${list} are left out and reported, and all others are written`, async () => {
      stack.sim.org.churn({ seed: 1, addUsers: 2, renameUsers: 2, addGroups: 1, renameGroups: 2 });
      inject(items, { route: list });
      const report = await stack.sync({ mode: 'full' });
      assert.deepEqual(await stack.differences(), []);
      const told = warningsOf(report, code);
      assert.deepEqual(told.flatMap(({ [key]: id }) => id ?? []).sort(), NAMED);
      assert.ok(
        told.some(({ [key]: id }) => id === undefined),
        'those without an id too',
      );
      for (const { message } of told) assert.match(message, /was left out: it (has no|is not)/);
      assert.equal(report[list].seen, stack.sim.org.truth().counts[list]);
      await assertHeals(stack);
    });
  }

  it('malformed members are left out and reported, and all others become members', async () => {
    const [, group = ''] = groupsBySize(stack);
    const newcomer = stack.sim.org.addUser();
    stack.sim.org.addMembership(group, newcomer);
    inject(items, { route: 'members', path: group });
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual(await stack.differences(), []);
    const told = warningsOf(report, 'MALFORMED_USER');
    assert.deepEqual(told.flatMap(({ userId }) => userId ?? []).sort(), NAMED);
    assert.ok(
      told.some(({ userId }) => userId === undefined),
      'those without an id too',
    );
    await assertHeals(stack);
  });

  it('a user that comes malformed once is neither deleted nor overwritten', async () => {
    const before = await contentOf(stack);
    const [id = ''] = before.users;
    const whole = await rawOf(id);
    stack.sim.faults.set([
      { match: { route: 'users' }, action: { type: 'error', status: 200, body: [{ id }] } },
    ]);
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual(
      warningsOf(report, 'MALFORMED_USER').map(({ userId }) => userId),
      [id],
    );
    assert.deepEqual(await contentOf(stack), before);
    assert.equal(await rawOf(id), whole);
    await assertHeals(stack);
  });

  for (const [list, code, key] of [
    ['users', 'MALFORMED_USER', 'userId'],
    ['groups', 'MALFORMED_GROUP', 'groupId'],
  ] as const) {
    it(`one of the ${list} with 5,000 levels is left out alone`, async () => {
      stack.sim.org.churn({ seed: 2, renameUsers: 2, addGroups: 1, renameGroups: 2 });
      stack.sim.faults.set([{ match: { route: list, times: 1 }, action: { type: 'nest', levels: 5_000 } }]);
      const report = await stack.sync({ mode: 'full' });
      const [warning, ...others] = warningsOf(report, code);
      assert.deepEqual(others, []);
      const [first] = [...stack.sim.org.truth()[list]()];
      assert.equal(warning?.[key], first?.id);
      assert.match(warning?.message ?? '', /was left out: it is nested too deeply\.$/);
      assert.deepEqual(await stack.differences(), []);
      await assertHeals(stack);
    });
  }

  it('odd attributes make no user malformed', async () => {
    const listed = stack.sim.org.addUser({ email: ['ada@acme.example'], displayName: { text: 'Ada' } });
    const numbers = stack.sim.org.addUser({ email: 1, firstName: 4, lastName: 2, displayName: null });
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual([report.outcome, report.users.created], ['succeeded', 2]);
    assert.deepEqual(warningsOf(report, 'MALFORMED_USER'), []);
    const rows = await stack.db.read<{ id: string; email: string | null; name: string }>(
      `MATCH (u:User {okta_domain: $domain}) WHERE u.id IN $ids
       RETURN u.id AS id, u.email AS email, u.display_name AS name`,
      { domain: stack.sim.domain, ids: [listed, numbers] },
    );
    assert.deepEqual(
      rows.map(({ email }) => email),
      [null, null],
    );
    assert.equal(rows.find(({ id }) => id === numbers)?.name, '4 2');
    assert.deepEqual(await stack.differences(), []);
  });

  async function rawOf(id: string): Promise<string | undefined> {
    const [row] = await stack.db.read<{ raw: string }>(
      'MATCH (u:User {okta_domain: $domain, id: $id}) RETURN u.okta_raw_user_object AS raw',
      { domain: stack.sim.domain, id },
    );
    return row?.raw;
  }
});
