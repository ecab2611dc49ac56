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
