import assert from 'node:assert/strict';
import type { ChurnResult, LogCounts, LogEvent, Simulator } from '../../src/simulator';
import { startSimulator } from '../../src/simulator';
import { assertOktaError, call } from './httpClient';

describe("events in the simulated org's System Log", () => {
  let simulator: Simulator;
  let read = 0;

  beforeEach(async () => {
    simulator = await startSimulator({ users: 100, groups: 10 });
    read = 0;
  });
  afterEach(() => simulator.close());

  const post = <T = { id: string }>(path: string, body: unknown) =>
    call<T>(simulator, path, { method: 'POST', body });

  const make = async (change: Record<string, unknown>): Promise<string> => {
    const reply = await post('/simulator/do', change);
    assert.equal(reply.status, 200, reply.text);
    return reply.json.id;
  };

  /** Returns the events since the last call. */
  async function fresh(): Promise<LogEvent[]> {
    const { json } = await call<LogEvent[]>(simulator, '/api/v1/logs?limit=1000');
    const events = json.slice(read);
    read = json.length;
    return events;
  }

  /** Returns the new events as their types and the types and ids of their targets. */
  const seen = async () =>
    (await fresh()).map(({ eventType, target }) => [
      eventType,
      ...(target ?? []).map(({ type, id }) => (type === 'AppUser' ? type : `${type} ${id}`)),
    ]);

  it('follow the life of a user', async () => {
    const userId = await make({ operation: 'addUser' });
    const user = `User ${userId}`;
    assert.deepEqual(await seen(), [
      ['user.lifecycle.create', user],
      ['user.lifecycle.activate', user],
    ]);
    await make({ operation: 'renameUser', userId, profile: { lastName: 'Lovelace', title: 'Countess' } });
    const [renamed] = await fresh();
    assert.equal(renamed?.eventType, 'user.account.update_profile');
    assert.deepEqual(renamed.debugContext.debugData, { changedAttributes: 'lastName,title' });
    for (const operation of ['recordLogin', 'suspendUser', 'unsuspendUser'])
      await make({ operation, userId });
    const [login, ...others] = await fresh();
    assert.deepEqual(
      [login?.eventType, login?.actor.id, login?.target],
      ['user.session.start', userId, null],
    );
    assert.deepEqual(
      others.map(({ eventType }) => eventType),
      ['user.lifecycle.suspend', 'user.lifecycle.unsuspend'],
    );
    assertOktaError(await post('/simulator/do', { operation: 'unsuspendUser', userId }), 400, 'E0000001');
    for (const operation of ['deactivateUser', 'activateUser', 'deactivateUser', 'deleteUser'])
      await make({ operation, userId });
    assert.deepEqual(await seen(), [
      ['user.lifecycle.deactivate', user],
      ['user.lifecycle.activate', user],
      ['user.lifecycle.deactivate', user],
      ['user.lifecycle.delete.initiated', user],
      ['user.lifecycle.delete.completed', user],
    ]);
  });

  it('name a user as it was then', async () => {
    const userId = await make({ operation: 'addUser', profile: { login: 'old@acme.example' } });
    await make({ operation: 'renameUser', userId, profile: { login: 'new@acme.example' } });
    assert.deepEqual(
      (await fresh()).map(({ target }) => target?.[0]?.alternateId),
      ['old@acme.example', 'old@acme.example', 'new@acme.example'],
    );
  });

  it('follow groups and memberships, and name the rule that changes one', async () => {
    const userId = await make({ operation: 'addUser' });
    await fresh();
    const groupId = await make({ operation: 'addGroup', profile: { name: 'Payroll' } });
    const ruleId = await make({ operation: 'addRule', groupIds: [groupId] });
    await make({ operation: 'addMembership', groupId, userId });
    await make({ operation: 'addMembership', groupId, userId });
    await make({ operation: 'removeMembership', groupId, userId });
    await make({ operation: 'addMembership', groupId, userId, ruleId });
    await make({ operation: 'renameGroup', groupId });
    await make({ operation: 'deleteGroup', groupId });
    const events = await fresh();
    assert.deepEqual(
      events.map(({ eventType, target }) => [eventType, target?.map(({ id }) => id)]),
      [
        ['group.lifecycle.create', [groupId]],
        ['group.user_membership.rule.evaluation', [ruleId]],
        ['group.user_membership.add', [userId, groupId]],
        ['group.user_membership.remove', [userId, groupId]],
        ['group.user_membership.add', [userId, groupId]],
        ['group.profile.update', [groupId]],
        ['group.user_membership.rule.invalidate', [ruleId]],
        ['group.lifecycle.delete', [groupId]],
      ],
    );
    assert.deepEqual(events[4]?.debugContext.debugData, { triggeredByGroupRuleId: ruleId });
    assert.equal(events[4].actor.type, 'SystemPrincipal');
    assert.equal(events[2]?.actor.type, 'User');
  });

  it('follow apps and their assignments, also those that end with a user, a group or an app', async () => {
    const userId = await make({ operation: 'addUser' });
    const groupId = await make({ operation: 'addGroup' });
    await fresh();
    const appId = await make({ operation: 'addApp' });
    const [app, user, group] = [`AppInstance ${appId}`, `User ${userId}`, `UserGroup ${groupId}`];
    await make({ operation: 'renameApp', appId, label: 'Salaries' });
    await make({ operation: 'assignAppUser', appId, userId });
    await make({ operation: 'unassignAppUser', appId, userId });
    await make({ operation: 'unassignAppUser', appId, userId });
    await make({ operation: 'assignAppUser', appId, userId });
    await make({ operation: 'assignAppGroup', appId, groupId });
    await make({ operation: 'assignAppGroup', appId, groupId, priority: 7 });
    await make({ operation: 'deactivateUser', userId });
    await make({ operation: 'deleteGroup', groupId });
    await make({ operation: 'setAppStatus', appId, status: 'INACTIVE' });
    await make({ operation: 'deleteApp', appId });
    assert.deepEqual(await seen(), [
      ['application.lifecycle.create', app],
      ['application.lifecycle.update', app],
      ['application.user_membership.add', 'AppUser', app, user],
      ['application.user_membership.remove', 'AppUser', app, user],
      ['application.user_membership.add', 'AppUser', app, user],
      ['group.application_assignment.add', group, app],
      ['group.application_assignment.update', group, app],
      ['user.lifecycle.deactivate', user],
      ['application.user_membership.remove', 'AppUser', app, user],
      ['group.application_assignment.remove', group, app],
      ['group.lifecycle.delete', group],
      ['application.lifecycle.deactivate', app],
      ['application.lifecycle.delete', app],
    ]);
  });

  it('follow admin roles, also those that end with a user', async () => {
    const userId = await make({ operation: 'addUser' });
    const groupId = await make({ operation: 'addGroup' });
    await fresh();
    const roleId = await make({ operation: 'grantRole', assignee: { userId }, type: 'ORG_ADMIN' });
    await make({ operation: 'grantRole', assignee: { groupId }, type: 'REPORT_ADMIN' });
    await make({ operation: 'revokeRole', assignee: { userId }, roleId });
    await make({ operation: 'revokeRole', assignee: { userId }, roleId });
    await make({ operation: 'grantRole', assignee: { userId }, type: 'CUSTOM' });
    await make({ operation: 'deactivateUser', userId });
    const events = await fresh();
    assert.deepEqual(
      events.map(({ eventType, target }) => [eventType, target?.map(({ type }) => type).join()]),
      [
        ['user.account.privilege.grant', 'User,ROLE'],
        ['group.privilege.grant', 'UserGroup,ROLE'],
        ['user.account.privilege.revoke', 'User,ROLE'],
        ['iam.resourceset.bindings.add', 'RESOURCE_SET,ROLE,User'],
        ['user.lifecycle.deactivate', 'User'],
        ['iam.resourceset.bindings.delete', 'RESOURCE_SET,ROLE,User'],
      ],
    );
    assert.equal(events[0]?.target?.[0]?.id, userId);
    assert.deepEqual(events[0].debugContext.debugData, { privilegeGranted: 'Organization Administrator' });
  });

  it('follow rules', async () => {
    const ruleId = await make({ operation: 'addRule' });
    await make({ operation: 'changeRule', ruleId, status: 'INACTIVE' });
    await make({ operation: 'changeRule', ruleId, status: 'INVALID' });
    await make({ operation: 'deleteRule', ruleId });
    assert.deepEqual(
      (await fresh()).map(({ eventType }) => eventType.split('.').at(-1)),
      ['evaluation', 'deactivated', 'invalidate', 'deactivated'],
    );
  });

  it('cover what churn does', async () => {
    const { json } = await post<ChurnResult>('/simulator/churn', { fraction: 0.1, seed: 3 });
    const counts = new Map<string, number>();
    for (const { eventType } of await fresh()) counts.set(eventType, (counts.get(eventType) ?? 0) + 1);
    const count = (type: string): number => counts.get(type) ?? 0;
    assert.deepEqual(
      {
        usersAdded: count('user.lifecycle.create'),
        usersRenamed: count('user.account.update_profile'),
        usersDeactivated: count('user.lifecycle.deactivate'),
        usersDeleted: count('user.lifecycle.delete.completed'),
        loginsRecorded: count('user.session.start'),
        groupsAdded: count('group.lifecycle.create'),
        groupsRenamed: count('group.profile.update'),
        groupsDeleted: count('group.lifecycle.delete'),
        // Those of new users to Everyone have no event.
        membershipsAdded: count('group.user_membership.add') + json.usersAdded,
        membershipsRemoved: count('group.user_membership.remove'),
        appUsersAssigned: count('application.user_membership.add'),
        rolesGranted:
          count('user.account.privilege.grant') +
          count('group.privilege.grant') +
          count('iam.resourceset.bindings.add'),
      },
      {
        usersAdded: json.usersAdded,
        usersRenamed: json.usersRenamed,
        usersDeactivated: json.usersDeactivated,
        usersDeleted: json.usersDeleted,
        loginsRecorded: json.loginsRecorded,
        groupsAdded: json.groupsAdded,
        groupsRenamed: json.groupsRenamed,
        groupsDeleted: json.groupsDeleted,
        membershipsAdded: json.membershipsAdded,
        membershipsRemoved: json.membershipsRemoved,
        appUsersAssigned: json.appUsersAssigned,
        rolesGranted: json.rolesGranted,
      },
    );
  });

  it('are a single one for an import', async () => {
    const { users } = simulator.org.truth().counts;
    const { json } = await post<ChurnResult>('/simulator/import', {
      addUsers: 30,
      renameUsers: '20%',
      addGroups: 2,
      addMemberships: 50,
    });
    assert.equal(json.usersAdded, 30);
    assert.equal(simulator.org.truth().counts.users, users + 30);
    const [imported, ...others] = await fresh();
    assert.equal(imported?.eventType, 'system.import.complete');
    assert.equal(imported.target?.[0]?.type, 'AppInstance');
    assert.equal(imported.debugContext.debugData.usersAdded, 30);
    assert.deepEqual(others, []);
    await make({ operation: 'addGroup' });
    assert.equal((await fresh()).length, 1);
  });

  it('are recorded by the thousand on demand, about nobody or about users that do not change', async () => {
    const truth = JSON.stringify([...simulator.org.truth().users()]);
    const known = new Set([...simulator.org.truth().users()].map(({ id }) => id));
    const counts = await post<LogCounts>('/simulator/flood', { events: 500 });
    assert.equal(counts.json.recorded, 500);
    const isKnown = ({ target }: LogEvent): boolean => known.has(target?.[0]?.id ?? '');
    const unknown = await fresh();
    assert.equal(unknown.length, 500);
    assert.ok(!unknown.some(isKnown));
    await post('/simulator/flood', {
      events: 300,
      concerning: 'users',
      types: ['user.account.update_profile'],
    });
    const about = await fresh();
    assert.equal(about.length, 300);
    assert.ok(about.every((event) => isKnown(event) && event.eventType === 'user.account.update_profile'));
    assert.equal(JSON.stringify([...simulator.org.truth().users()]), truth);
    const later = await post<LogCounts>('/simulator/flood', { events: 100, overMs: 3_600_000 });
    assert.ok(later.json.pending >= 99);
    assertOktaError(await post('/simulator/flood', { events: 1, types: ['unknown'] }), 400, 'E0000001');
  });
});
