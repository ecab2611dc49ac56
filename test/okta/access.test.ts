import assert from 'node:assert/strict';
import { readApp, readAppUser, readRole, readRule } from '../../src/okta/access';

const ROLE = { id: 'ra1', type: 'SUPER_ADMIN', label: 'Super Administrator', status: 'ACTIVE' };

describe('What Okta says of apps, admin roles and group rules', () => {
  it('of a role of a user tells whether it is the own one, and nothing is guessed', () => {
    const read = (assignmentType?: string) => readRole({ ...ROLE, assignmentType }, 'User');
    const isDirect = (assignmentType: string) => {
      const role = read(assignmentType);
      return 'malformed' in role ? undefined : role.isDirect;
    };
    assert.deepEqual([isDirect('USER'), isDirect('GROUP')], [true, false]);
    for (const unclear of [undefined, 'CLIENT', '']) assert.ok('malformed' in read(unclear), unclear);
  });

  it('of a role of a group is the own one, whatever it is called', () => {
    for (const assignmentType of ['GROUP', 'USER', undefined])
      assert.deepEqual(readRole({ ...ROLE, assignmentType }, 'Group'), {
        assignmentId: 'ra1',
        id: 'SUPER_ADMIN',
        type: 'SUPER_ADMIN',
        label: 'Super Administrator',
        status: 'ACTIVE',
        resourceSet: undefined,
        isDirect: true,
      });
  });

  it('of a user of an app tells whether it is assigned directly', () => {
    assert.equal(readAppUser({ id: '00u1', scope: 'USER' }), '00u1');
    assert.equal(readAppUser({ id: '00u1', scope: 'GROUP' }), undefined);
    for (const unclear of [{ id: '00u1' }, { scope: 'USER' }, null])
      assert.equal(typeof readAppUser(unclear), 'object');
  });

  it('without an id is malformed', () => {
    for (const read of [readApp, readRule, (item: unknown) => readRole(item, 'User')])
      for (const item of [{}, { id: '' }, { id: 5 }, null, 'text']) assert.ok('malformed' in read(item));
  });
});
