import assert from 'node:assert/strict';
import { orgSize } from '../../../src/graph/read/orgSize';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('The size of an org', () => {
  const graph = useGraph();

  it('is nothing while the graph has no run of the org', async () => {
    assert.deepEqual(await orgSize(graph.db, graph.domain), { users: 0, groups: 0, memberships: 0 });
  });

  it('is what the latest run found, plus what it has added, less what it has removed', async () => {
    await graph.begin();
    await graph.begin();
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: 2})
       SET r.users_at_start = 10, r.users_created = 3, r.users_deleted = 1,
           r.groups_at_start = 20, r.groups_created = 5, r.groups_deleted = 2,
           r.memberships_at_start = 100, r.memberships_added = 7, r.memberships_removed = 4`,
    );
    assert.deepEqual(await orgSize(graph.db, graph.domain), { users: 12, groups: 23, memberships: 103 });
  });
});
