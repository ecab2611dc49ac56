import assert from 'node:assert/strict';
import { ACCESS_KINDS } from '../../../src/contract';
import { groupChanges, type GroupChanges } from '../../../src/graph/read/groupChanges';
import { approveAll } from '../../../dev/lab/org/approval';
import { OrgUnderTest } from '../../../dev/lab/org/orgUnderTest';
import { SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';

const ENGINEERING = { included: ['Eng*'], excluded: ['*-test'] };

describe('What a run has changed in groups', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;
  let users: string[];
  let named: string;

  beforeEach(async () => {
    org = await OrgUnderTest.start({ seed: 11, users: 12, groups: 1, memberships: 12, roles: 0, rules: 0 });
    users = [...org.sim.org.truth().users()].map(({ id }) => id).sort();
    named = org.sim.org.addGroup({ name: 'Engineering' });
    org.sim.org.addMembership(named, users[0] as string);
    org.sim.org.addMembership(org.sim.org.addGroup({ name: 'Eng-test' }), users[0] as string);
  });
  afterEach(() => org.stop());

  async function changesOfRun(options: Partial<Parameters<typeof groupChanges>[3]> = {}) {
    const approval = await approveAll(org.db, org.sim.domain);
    const { runNumber } = await org.wholeRun({ mode: 'full', access: ACCESS_KINDS, ...approval });
    const asked = { patterns: ENGINEERING, withNames: false, atMost: 20, inGroups: 50, ...options };
    return groupChanges(org.db, org.sim.domain, runNumber, asked);
  }

  const ids = (change: GroupChanges | undefined, side: 'added' | 'removed') =>
    change?.[side].people.map(({ id }) => id);

  it('is of those that the patterns select, and of no other', async () => {
    const [change, ...others] = await changesOfRun();
    assert.deepEqual(others, []);
    assert.deepEqual([change?.id, change?.isCreated, ids(change, 'added')], [named, true, [users[0]]]);
    assert.deepEqual(await changesOfRun(), [], 'a run that found nothing new');
    org.sim.org.addMembership(named, users[1] as string);
    assert.deepEqual(await changesOfRun({ patterns: undefined }), []);
  });

  it('counts all changes, and lists some of them', async () => {
    await changesOfRun();
    for (const id of users.slice(1, 9)) org.sim.org.addMembership(named, id);
    org.sim.org.removeMembership(named, users[0] as string);
    const [change] = await changesOfRun({ atMost: 3 });
    assert.deepEqual([change?.added.count, ids(change, 'added')], [8, users.slice(1, 4)]);
    assert.deepEqual([change?.removed.count, ids(change, 'removed')], [1, [users[0]]]);
  });

  it('has names and emails only if they are asked for', async () => {
    const [change] = await changesOfRun({ withNames: true });
    const [person] = change?.added.people ?? [];
    assert.ok(person?.email?.includes('@') && person.displayName);
    org.sim.org.addMembership(named, users[1] as string);
    const [without] = await changesOfRun();
    assert.deepEqual(without?.added.people, [{ id: users[1] }]);
  });

  it('is also of a group that was deleted, with the members that it had', async () => {
    await changesOfRun();
    org.sim.org.deleteGroup(named);
    const [change] = await changesOfRun();
    assert.deepEqual([change?.id, change?.isDeleted, ids(change, 'removed')], [named, true, [users[0]]]);
  });

  it('is also of a group with an admin role, whatever its name, and of one that was deleted with it', async () => {
    const desk = org.sim.org.addGroup({ name: 'Desk' });
    org.sim.org.access.roles.grant({ groupId: desk }, { type: 'HELP_DESK_ADMIN' });
    await changesOfRun();
    org.sim.org.addMembership(desk, users[3] as string);
    const [joined] = await changesOfRun({ patterns: undefined });
    assert.deepEqual([joined?.id, joined?.isAdmin, ids(joined, 'added')], [desk, true, [users[3]]]);
    org.sim.org.deleteGroup(desk);
    const [deleted] = await changesOfRun({ patterns: undefined });
    assert.deepEqual([deleted?.id, deleted?.isAdmin, deleted?.isDeleted], [desk, true, true]);
  });
});
