import assert from 'node:assert/strict';
import { apiFor, newContext, withOrg } from './support/api';
import { withServer } from './support/server';

describe('The groups of a user', () => {
  it('are the ids of all its groups', async () => {
    await withOrg({ users: 5, groups: 3, awkward: false }, async (api, { org }) => {
      const [user] = org.truth().users();
      assert(user);
      const groups = [...org.truth().edges()].flatMap(([userId, groupId]) =>
        userId === user.id ? groupId : [],
      );
      const found = await api.groupIdsOf(user.id, newContext());
      assert.deepEqual([...(found ?? [])].sort(), groups.sort());
    });
  });

  it('are unknown if the user does not exist', async () => {
    await withOrg({ users: 5, groups: 3, awkward: false }, async (api) => {
      assert.equal(await api.groupIdsOf('00uNobody', newContext()), undefined);
    });
  });

  it('are unknown if Okta shows only some of them', async () => {
    const next = '/api/v1/users/00u1/groups?after=00g1';
    await withServer(
      (_, __, origin) => ({ headers: { Link: `<${origin}${next}>; rel="next"` }, body: [{ id: '00g1' }] }),
      async ({ domain }) => {
        const api = apiFor(domain);
        assert.equal(await api.groupIdsOf('00u1', newContext()), undefined);
        api.close();
      },
    );
  });
});
