import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ACCESS_KINDS, stronger } from '../../src/contract';
import { pings, uuidOf } from '../../src/okta/pings';

/** An event as Okta serves it, as far as it matters here. */
function event(eventType: string, ...target: { type: string; id: unknown }[]) {
  return { uuid: 'an-event', eventType, target, actor: { type: 'User', id: '00uActor' } };
}

const user = (id = '00uSomebody') => ({ type: 'User', id });
const group = (id = '00gSome') => ({ type: 'UserGroup', id });
const app = (id = '0oaSome') => ({ type: 'AppInstance', id });
const NOTHING = { users: [], groups: [], apps: [] };

describe('The pings of System Log events', () => {
  const CASES: readonly [type: string, targets: { type: string; id: string }[], expected: object][] = [
    ['user.lifecycle.create', [user()], { users: ['00uSomebody'] }],
    ['user.lifecycle.suspend', [user()], { users: ['00uSomebody'] }],
    ['user.account.update_profile', [user()], { users: ['00uSomebody'] }],
    ['user.account.update_primary_email', [user()], { users: ['00uSomebody'] }],
    ['user.account.lock', [user()], { users: ['00uSomebody'] }],
    ['user.lifecycle.delete.completed', [user()], { users: ['00uSomebody'], incremental: 'user deleted' }],
    ['group.lifecycle.create', [group()], { groups: ['00gSome'] }],
    ['group.profile.update', [group()], { groups: ['00gSome'] }],
    ['group.user_membership.add', [user(), group()], { groups: ['00gSome'] }],
    ['group.user_membership.remove', [user(), group()], { groups: ['00gSome'] }],
    ['directory.external.group.membership.add', [group()], { groups: ['00gSome'] }],
    ['group.lifecycle.delete', [group()], { groups: ['00gSome'], incremental: 'group deleted' }],
    ['group.user_membership.rule.evaluation', [{ type: 'GroupRule', id: '0pr' }], { incremental: 'access' }],
    ['application.lifecycle.create', [app()], { apps: ['0oaSome'], incremental: 'access' }],
    [
      'application.user_membership.add',
      [{ type: 'AppUser', id: '0ua' }, app(), user()],
      { apps: ['0oaSome'], incremental: 'access' },
    ],
    [
      'group.application_assignment.add',
      [group(), app()],
      {
        groups: ['00gSome'],
        apps: ['0oaSome'],
        owners: { users: [], groups: ['00gSome'] },
        incremental: 'access',
      },
    ],
    [
      'user.account.privilege.grant',
      [user(), { type: 'ROLE', id: 'r' }],
      { owners: { users: ['00uSomebody'], groups: [] }, incremental: 'access' },
    ],
    [
      'group.privilege.grant',
      [group()],
      { groups: ['00gSome'], owners: { users: [], groups: ['00gSome'] }, incremental: 'access' },
    ],
    [
      'iam.resourceset.bindings.add',
      [user()],
      { owners: { users: ['00uSomebody'], groups: [] }, incremental: 'access' },
    ],
    ['system.import.complete', [app()], { incremental: 'import' }],
    ['system.import.start', [app()], {}],
    ['user.session.start', [user()], {}],
    ['policy.evaluate_sign_on', [user()], {}],
  ];
  for (const [type, targets, expected] of CASES)
    it(`${type}`, () => {
      assert.deepEqual(pings([event(type, ...targets)], ACCESS_KINDS), { ...NOTHING, ...expected });
    });

  it('leave out what is not synced', () => {
    const events = [
      event('application.user_membership.add', app(), user()),
      event('group.privilege.grant', group()),
      event('group.user_membership.rule.evaluation'),
      event('iam.role.create'),
    ];
    assert.deepEqual(pings(events), NOTHING);
    assert.deepEqual(pings(events, ['rules']), { ...NOTHING, incremental: 'access' });
  });

  it('name each object once, and the strongest reason for an incremental run, in any order', () => {
    const events = [
      event('group.user_membership.add', user(), group()),
      event('group.lifecycle.delete', group()),
      event('system.import.complete'),
      event('group.user_membership.remove', user(), group()),
      event('user.account.update_profile', user()),
      event('user.account.update_profile', user()),
    ];
    const expected = { users: ['00uSomebody'], groups: ['00gSome'], apps: [], incremental: 'group deleted' };
    assert.deepEqual(pings(events), expected);
    assert.deepEqual(pings(events.toReversed()), expected);
  });

  it('take no id that could become another path, and nothing of the actor', () => {
    for (const id of ['../groups', 'me?x', 'a@b.c', '', 7, null, undefined, {}, 'x'.repeat(101)])
      assert.deepEqual(pings([event('user.lifecycle.create', { type: 'User', id })]), NOTHING);
  });

  it('are none for anything that is not an event', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        assert.deepEqual(pings(values, ACCESS_KINDS), NOTHING);
      }),
    );
  });

  it('hold only ids that the targets have', () => {
    const target = fc.record({
      type: fc.constantFrom('User', 'UserGroup', 'AppInstance', 'AppUser', 'ROLE'),
      id: fc.string({ maxLength: 12 }),
    });
    const type = fc.constantFrom(...CASES.map(([name]) => name));
    const events = fc.array(fc.record({ eventType: type, target: fc.option(fc.array(target)) }));
    fc.assert(
      fc.property(events, (given) => {
        const named = new Set(given.flatMap((each) => (each.target ?? []).map(({ id }) => id)));
        const { users, groups, apps, owners } = pings(given, ACCESS_KINDS);
        for (const id of [
          ...users,
          ...groups,
          ...apps,
          ...(owners?.users ?? []),
          ...(owners?.groups ?? []),
        ]) {
          assert(named.has(id));
          assert.match(id, /^[\w-]+$/);
        }
      }),
    );
  });
});

describe('The stronger of two reasons', () => {
  it('is the one that makes a run read more', () => {
    assert.equal(stronger(undefined, undefined), undefined);
    assert.equal(stronger('access', undefined), 'access');
    assert.equal(stronger(undefined, 'import'), 'import');
    assert.equal(stronger('access', 'flood'), 'flood');
    assert.equal(stronger('group deleted', 'flood'), 'group deleted');
  });
});

describe('The uuid of an event', () => {
  it('is a text of moderate length, or none', () => {
    assert.equal(uuidOf({ uuid: 'f00' }), 'f00');
    for (const value of [{}, { uuid: 7 }, { uuid: 'x'.repeat(101) }, null, 'f00', []])
      assert.equal(uuidOf(value), undefined);
  });
});
