import assert from 'node:assert/strict';
import { Client } from '@okta/okta-sdk-nodejs';
import { withSimulator } from './httpClient';

describe("Okta's own SDK against the simulated org", () => {
  it('lists the users, groups and members of the truth', async () => {
    await withSimulator({ users: 1_100, groups: 25, memberships: 4_000 }, async ({ org, origin, token }) => {
      const client = new Client({ orgUrl: origin, token });
      const truth = org.truth();
      const users = await client.userApi.listUsers({ search: 'lastUpdated gt "1970-01-01T00:00:00.000Z"' });
      const names: unknown[] = [];
      await users.each(
        (user) =>
          void names.push([user.id, user.status, user.profile?.login, user.lastUpdated?.toISOString()]),
      );
      assert.deepEqual(
        names,
        [...truth.users()].map(({ id, status, profile, lastUpdated }) => [
          id,
          status,
          profile.login,
          lastUpdated,
        ]),
      );

      const groupIds: string[] = [];
      const groups = await client.groupApi.listGroups({ limit: 10 });
      await groups.each((group) => void groupIds.push(group.id ?? ''));
      assert.deepEqual(
        groupIds,
        [...truth.groups()].map(({ id }) => id),
      );

      const edges: [string, string][] = [];
      for (const groupId of groupIds) {
        const members = await client.groupApi.listGroupUsers({ groupId });
        await members.each((user) => void edges.push([user.id ?? '', groupId]));
      }
      assert.deepEqual(edges, [...truth.edges()]);
    });
  });

  it('lists the apps and assignments of the truth', async () => {
    await withSimulator({ users: 700, groups: 40 }, async ({ org, origin, token }) => {
      const client = new Client({ orgUrl: origin, token });
      const truth = org.truth().access;
      const apps: unknown[] = [];
      const users: unknown[] = [];
      const groups: unknown[] = [];
      await (
        await client.applicationApi.listApplications({ limit: 9 })
      ).each((app) => void apps.push([app?.id, app?.label, app?.status, app?.signOnMode]));
      assert.deepEqual(
        apps,
        [...truth.apps()].map(({ id, label, status, signOnMode }) => [id, label, status, signOnMode]),
      );
      for (const { id: appId } of truth.apps()) {
        const appUsers = await client.applicationApi.listApplicationUsers({ appId, limit: 200 });
        await appUsers.each((user) => {
          if (user?.scope === 'USER') users.push([appId, user.id, user.lastUpdated?.toISOString()]);
        });
        const assigned = await client.applicationApi.listApplicationGroupAssignments({ appId });
        await assigned.each((group) => void groups.push([appId, group?.id, group?.priority]));
      }
      assert.deepEqual(
        users,
        [...truth.appUsers()].map(({ appId, user }) => [appId, user.id, user.lastUpdated]),
      );
      assert.deepEqual(
        groups,
        [...truth.appGroups()].map(({ appId, group }) => [appId, group.id, group.priority]),
      );
      const pairs = new Set<string>();
      for (const { id: groupId } of org.truth().groups()) {
        const ofGroup = await client.groupApi.listAssignedApplicationsForGroup({ groupId });
        await ofGroup.each((app) => void pairs.add(`${app?.id} ${groupId}`));
      }
      assert.deepEqual(
        pairs,
        new Set([...truth.appGroups()].map(({ appId, group }) => `${appId} ${group.id}`)),
      );
    });
  });

  it('lists the admin roles and group rules of the truth', async () => {
    await withSimulator({ users: 700, groups: 40, roles: 20, rules: 60 }, async ({ org, origin, token }) => {
      const client = new Client({ orgUrl: origin, token });
      const truth = org.truth().access;
      const byAssignee = (roles: readonly (readonly unknown[])[]) => roles.map(String).sort();
      const roles: unknown[][] = [];
      const { value = [] } = await client.roleAssignmentApi.listUsersWithRoleAssignments({});
      for (const { id: userId = '' } of value) {
        await (
          await client.roleAssignmentApi.listAssignedRolesForUser({ userId })
        ).each((role) => {
          if (role?.assignmentType === 'USER') roles.push([userId, role.id, role.type]);
        });
      }
      for (const { id: groupId } of org.truth().groups()) {
        await (
          await client.roleAssignmentApi.listGroupAssignedRoles({ groupId })
        ).each((role) => void roles.push([groupId, role?.id, role?.type]));
      }
      assert.deepEqual(
        byAssignee(roles),
        byAssignee([...truth.roles()].map(({ assigneeId, role }) => [assigneeId, role.id, role.type])),
      );
      const rules: unknown[] = [];
      await (
        await client.groupApi.listGroupRules({ limit: 25 })
      ).each((rule) => {
        rules.push([
          rule?.id,
          rule?.status,
          rule?.conditions?.expression?.value,
          rule?.actions?.assignUserToGroups?.groupIds,
        ]);
      });
      assert.deepEqual(
        rules,
        [...truth.rules()].map(({ id, status, conditions, actions }) => [
          id,
          status,
          (conditions.expression as { value: string }).value,
          actions.assignUserToGroups.groupIds,
        ]),
      );
    });
  });

  it('parses its errors', async () => {
    await withSimulator({ users: 20 }, async ({ origin, token }) => {
      const client = new Client({ orgUrl: origin, token });
      await assert.rejects(client.userApi.getUser({ userId: '00uNobody' }), {
        status: 404,
        errorCode: 'E0000007',
      });
    });
  });
});
