import assert from 'node:assert/strict';
import { orgSize } from '../../../src/graph/read/orgSize';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

const UNKNOWN = { apps: null, assignments: null, roles: null, rules: null };

describe('The size of an org', () => {
  const graph = useGraph();

  it('is nothing while the graph has no run of the org', async () => {
    assert.deepEqual(await orgSize(graph.db, graph.domain), {
      ...{ users: 0, groups: 0, memberships: 0 },
      ...UNKNOWN,
    });
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
    assert.deepEqual(await orgSize(graph.db, graph.domain), {
      ...{ users: 12, groups: 23, memberships: 103 },
      ...UNKNOWN,
    });
  });

  it('has apps, assignments, admin roles and rules as far as they have been read', async () => {
    const { number } = await graph.begin({ access: ['apps', 'rules'] });
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: $number})
       SET r.access_steps = ['rules', 'apps'], r.apps_at_start = 5, r.apps_created = 2, r.apps_deleted = 1,
           r.rules_at_start = 3, r.rules_deleted = 1, r.assignments_at_start = 10, r.assignments_added = 7`,
      { number },
    );
    const size = async () => {
      const { apps, assignments, roles, rules } = await orgSize(graph.db, graph.domain);
      return { apps, assignments, roles, rules };
    };
    assert.deepEqual(await size(), { ...UNKNOWN, apps: 6, rules: 2 });
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: $number})
       SET r.access_steps = ['rules', 'apps', 'groupApps', 'appUsers'], r.assignments_removed = 2`,
      { number },
    );
    assert.deepEqual(await size(), { ...UNKNOWN, apps: 6, rules: 2, assignments: 15 });
  });
});
