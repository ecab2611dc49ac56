import assert from 'node:assert/strict';
import type { OktaGroup, OktaUser, Simulator, SimulatorOptions } from '../../src/simulator';
import { ALL_USERS, assertOktaError, call, listAll, userIds, withSimulator } from './httpClient';

/** An org whose clock the test sets. */
async function withClock(
  options: SimulatorOptions,
  test: (simulator: Simulator, advance: (ms: number) => string) => Promise<void>,
): Promise<void> {
  let nowMs = Date.UTC(2026, 2, 1, 12);
  const advance = (ms: number): string => new Date((nowMs += ms)).toISOString();
  await withSimulator({ users: 100, groups: 12, ...options, now: () => nowMs }, (simulator) =>
    test(simulator, advance),
  );
}

const userOf = async (simulator: Simulator, id: string): Promise<OktaUser> =>
  (await call<OktaUser>(simulator, `/api/v1/users/${id}`)).json;

const groupOf = async (simulator: Simulator, id: string): Promise<OktaGroup> =>
  (await call<OktaGroup>(simulator, `/api/v1/groups/${id}`)).json;

const memberIds = (simulator: Simulator, groupId: string): Promise<string[]> =>
  userIds(simulator, `/api/v1/groups/${groupId}/users`);

/** Returns a group with members, other than Everyone, and one of its ACTIVE members. */
function someMembership({ org }: Simulator): { groupId: string; userId: string } {
  const users = new Map([...org.truth().users()].map((user) => [user.id, user]));
  for (const [userId, groupId] of org.truth().edges()) {
    if (groupId !== org.everyone.id && users.get(userId)?.status === 'ACTIVE') return { groupId, userId };
  }
  throw new Error('no membership');
}

describe('changes in the simulated org', () => {
  it('a new user is ACTIVE and joins Everyone, which updates its timestamp', async () => {
    await withClock({}, async (simulator, advance) => {
      const { everyone } = simulator.org;
      const at = advance(1_000);
      const id = simulator.org.addUser({ email: 'new@acme.example', login: 'new@acme.example' });
      const user = await userOf(simulator, 'new@acme.example');
      assert.equal(user.id, id);
      assert.equal(user.status, 'ACTIVE');
      assert.equal(user.created, at);
      assert.equal(user.lastUpdated, at);
      assert.ok((await memberIds(simulator, everyone.id)).includes(id));
      assert.equal((await groupOf(simulator, everyone.id)).lastMembershipUpdated, at);
    });
  });

  it('a renamed user has a new name and lastUpdated, even on cached pages', async () => {
    await withClock({}, async (simulator, advance) => {
      const { userId } = someMembership(simulator);
      const before = await userOf(simulator, userId);
      const at = advance(5_000);
      simulator.org.renameUser(userId);
      const after = await userOf(simulator, userId);
      assert.notEqual(after.profile.lastName, before.profile.lastName);
      assert.equal(after.lastUpdated, at);
      const [listed] = (await listAll<OktaUser>(simulator, ALL_USERS)).filter(({ id }) => id === userId);
      assert.deepEqual(listed, after);
      simulator.org.renameUser(userId, { title: 'Wizard', division: undefined });
      const { profile } = await userOf(simulator, userId);
      assert.equal(profile.title, 'Wizard');
      assert.equal('division' in profile, false);
      assert.equal(profile.lastName, after.profile.lastName);
    });
  });

  it('a user has the display name of the names that it has, unless another is given', async () => {
    await withClock({}, async (simulator) => {
      const named = async (id: string) => (await userOf(simulator, id)).profile.displayName;
      const { org } = simulator;
      const names = { firstName: 'Ada', lastName: 'Lovelace' };
      assert.equal(await named(org.addUser(names)), 'Ada Lovelace');
      assert.equal(await named(org.addUser({ ...names, displayName: 'Countess' })), 'Countess');
      const nameless = org.addUser({ firstName: undefined });
      org.renameUser(nameless);
      assert.match(String(await named(nameless)), /^[^ ]+-[^ ]+$/);
    });
  });

  it('a login updates only lastLogin', async () => {
    await withClock({}, async (simulator, advance) => {
      const { userId } = someMembership(simulator);
      const before = await userOf(simulator, userId);
      const at = advance(5_000);
      simulator.org.recordLogin(userId);
      assert.deepEqual(await userOf(simulator, userId), { ...before, lastLogin: at });
    });
  });

  it('a deactivated user keeps its memberships, and the timestamps of groups do not change', async () => {
    await withClock({}, async (simulator, advance) => {
      const { userId, groupId } = someMembership(simulator);
      const { lastMembershipUpdated } = await groupOf(simulator, groupId);
      const at = advance(5_000);
      simulator.org.deactivateUser(userId);
      const user = await userOf(simulator, userId);
      assert.equal(user.status, 'DEPROVISIONED');
      assert.equal(user.statusChanged, at);
      assert.equal(user.lastUpdated, at);
      assert.ok((await memberIds(simulator, groupId)).includes(userId));
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, lastMembershipUpdated);
    });
  });

  it('only a DEPROVISIONED user can be deleted, which removes it from its groups and makes it a 404', async () => {
    await withClock({}, async (simulator, advance) => {
      const { userId, groupId } = someMembership(simulator);
      const { lastMembershipUpdated } = await groupOf(simulator, groupId);
      assert.throws(() => simulator.org.deleteUser(userId), /validation failed/);
      simulator.org.deactivateUser(userId);
      advance(5_000);
      simulator.org.deleteUser(userId);
      assertOktaError(await call(simulator, `/api/v1/users/${userId}`), 404, 'E0000007');
      assert.ok(!(await memberIds(simulator, groupId)).includes(userId));
      assert.ok(!(await userIds(simulator, ALL_USERS)).includes(userId));
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, lastMembershipUpdated);
      assert.throws(() => simulator.org.deleteUser(userId), /Not found/);
    });
  });

  it('deleting a user updates the timestamps of its groups if configured', async () => {
    await withClock({ userDeletionMovesStamp: true }, async (simulator, advance) => {
      const { userId, groupId } = someMembership(simulator);
      simulator.org.deactivateUser(userId);
      const at = advance(5_000);
      simulator.org.deleteUser(userId);
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, at);
    });
  });

  it('only adding or removing a membership updates lastMembershipUpdated', async () => {
    await withClock({}, async (simulator, advance) => {
      const { userId, groupId } = someMembership(simulator);
      const { lastUpdated } = await groupOf(simulator, groupId);
      const removedAt = advance(5_000);
      assert.equal(simulator.org.removeMembership(groupId, userId), true);
      assert.ok(!(await memberIds(simulator, groupId)).includes(userId));
      advance(5_000);
      assert.equal(simulator.org.removeMembership(groupId, userId), false);
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, removedAt);
      const addedAt = advance(5_000);
      assert.equal(simulator.org.addMembership(groupId, userId), true);
      assert.ok((await memberIds(simulator, groupId)).includes(userId));
      const group = await groupOf(simulator, groupId);
      assert.equal(group.lastMembershipUpdated, addedAt);
      assert.equal(group.lastUpdated, lastUpdated);
    });
  });

  it('a new group is empty, renaming updates lastUpdated, a deleted group is a 404, and Everyone cannot be deleted', async () => {
    await withClock({}, async (simulator, advance) => {
      const { org } = simulator;
      const id = org.addGroup({ name: 'New' });
      assert.deepEqual(await memberIds(simulator, id), []);
      const at = advance(5_000);
      org.renameGroup(id, 'Newer');
      const group = await groupOf(simulator, id);
      assert.equal(group.profile.name, 'Newer');
      assert.equal(group.lastUpdated, at);
      org.deleteGroup(id);
      assertOktaError(await call(simulator, `/api/v1/groups/${id}`), 404, 'E0000007');
      assertOktaError(await call(simulator, `/api/v1/groups/${id}/users`), 404, 'E0000007');
      assert.throws(() => org.deleteGroup(org.everyone.id), /validation failed/);
    });
  });

  it('a timestamp becomes visible late, with the time of the change', async () => {
    await withClock({ membershipStampLagMs: 3_000 }, async (simulator, advance) => {
      const { userId, groupId } = someMembership(simulator);
      const before = await groupOf(simulator, groupId);
      const at = advance(10_000);
      simulator.org.removeMembership(groupId, userId);
      assert.deepEqual(await groupOf(simulator, groupId), before);
      const since = `/api/v1/groups?filter=${encodeURIComponent(`lastMembershipUpdated ge "${at}"`)}`;
      assert.deepEqual(await listAll(simulator, since), []);
      advance(3_000);
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, at);
      assert.equal((await listAll(simulator, since)).length, 1);
    });
  });

  it('a membership change can miss its timestamp, by chance or explicitly', async () => {
    await withClock({ missedStamps: 1 }, async (simulator, advance) => {
      const { userId, groupId } = someMembership(simulator);
      const { lastMembershipUpdated } = await groupOf(simulator, groupId);
      const at = advance(10_000);
      simulator.org.removeMembership(groupId, userId);
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, lastMembershipUpdated);
      simulator.settings.missedStamps = 0;
      simulator.org.addMembership(groupId, userId, false);
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, lastMembershipUpdated);
      simulator.org.removeMembership(groupId, userId);
      assert.equal((await groupOf(simulator, groupId)).lastMembershipUpdated, at);
    });
  });

  it('search shows changes late, a user by id immediately', async () => {
    await withClock({ searchLagMs: 2_000 }, async (simulator, advance) => {
      const { org } = simulator;
      const { userId } = someMembership(simulator);
      const before = await userOf(simulator, userId);
      const at = advance(10_000);
      org.renameUser(userId);
      const added = org.addUser();
      const since = `/api/v1/users?search=${encodeURIComponent(`lastUpdated ge "${at}"`)}`;
      assert.equal((await userOf(simulator, userId)).lastUpdated, at);
      assert.deepEqual(await userIds(simulator, since), []);
      const [stale] = (await listAll<OktaUser>(simulator, ALL_USERS)).filter(({ id }) => id === userId);
      assert.deepEqual(stale, before);
      advance(2_000);
      assert.deepEqual(await userIds(simulator, since), [userId, added]);
    });
  });
});

describe('churn in the simulated org', () => {
  it('makes and counts the planned changes, and the org serves them', async () => {
    await withSimulator({ users: 400, groups: 40, memberships: 3_000 }, async (simulator) => {
      const { org } = simulator;
      const before = new Map([...org.truth().users()].map((user) => [user.id, user.lastUpdated]));
      const counts = org.truth().counts;
      const done = org.churn({
        seed: 5,
        addUsers: 4,
        renameUsers: '5%',
        recordLogins: 30,
        deactivateUsers: 6,
        deleteUsers: 25,
        addGroups: 3,
        renameGroups: 2,
        deleteGroups: 1,
        groupsTouched: 10,
        addMemberships: '1%',
        removeMemberships: 12,
      });
      assert.equal(done.usersAdded, 4);
      assert.equal(done.usersRenamed, 20);
      assert.equal(done.usersDeleted, 25);
      assert.equal(done.loginsRecorded, 30);
      assert.equal(done.membershipsAdded, 4 + 30);
      assert.equal(done.membershipsRemoved, 12);
      const users = [...org.truth().users()];
      assert.equal(
        users.filter(({ id, lastUpdated }) => before.get(id) !== lastUpdated).length,
        done.usersChanged,
      );
      assert.deepEqual(org.truth().counts, {
        users: counts.users + 4 - 25,
        groups: counts.groups + 3 - 1,
        memberships:
          counts.memberships +
          done.membershipsAdded -
          done.membershipsRemoved -
          done.membershipsRemovedWithUsers -
          done.membershipsRemovedWithGroups,
      });
      assert.deepEqual(await listAll(simulator, ALL_USERS), users);
    });
  });

  it('makes a mix of changes for a fraction, and the same mix for the same seed', async () => {
    const results: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      await withSimulator({ users: 1_000, groups: 100 }, async ({ org, origin }) => {
        const done = org.churn({ fraction: 0.05, seed: 9 });
        assert.equal(done.usersRenamed, 50);
        assert.ok(
          done.usersDeleted > 0 && done.membershipsAdded > 0 && done.groupsWithMembershipChanges > 5,
          JSON.stringify(done),
        );
        const profiles = [...org.truth().users()].map(({ id, profile }) => ({ id, profile }));
        results.push(JSON.stringify([done, profiles, [...org.truth().edges()]]).replaceAll(origin, ''));
      });
    }
    assert.equal(results[0], results[1]);
  });

  it('does nothing for an empty plan', async () => {
    await withSimulator({ users: 100 }, async ({ org }) => {
      assert.deepEqual([...new Set(Object.values(org.churn({})))], [0], 'all counts must be 0');
    });
  });
});
