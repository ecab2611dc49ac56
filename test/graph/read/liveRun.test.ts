import assert from 'node:assert/strict';
import { noUsage } from '../../../src/okta/callContext';
import { liveCounts } from '../../../src/graph/read/liveRun';
import { writeForRun } from '../../../src/graph/write/run';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('The counts of a run in progress', () => {
  const graph = useGraph();

  it('add up all kinds of nodes and relationships, and all rate limit buckets', async () => {
    const run = await graph.begin();
    const { requests } = noUsage();
    graph.usage.requests = { ...requests, users: 1, apps: 10, iam: 100 };
    await writeForRun(graph.writer(run), async () => ({
      counts: {
        users_created: 1,
        apps_created: 10,
        rules_created: 100,
        memberships_added: 1_000,
        assignments_added: 10_000,
        roles_added: 100_000,
        groups_updated: 2,
        apps_updated: 20,
        rules_updated: 200,
        groups_deleted: 3,
        apps_deleted: 30,
        assignments_removed: 300,
        roles_removed: 3_000,
      },
      warnings: [],
    }));
    const counts = await liveCounts(graph.db, graph.domain, run.id);
    assert.deepEqual(counts?.changes, { added: 111_111, updated: 222, removed: 3_333 });
    assert.equal(counts?.okta.requests, 111);
  });

  it('of a run that an earlier version began lack the newer counters', async () => {
    const run = await graph.begin();
    await graph.set('MATCH (r:SyncRun {okta_domain: $domain}) REMOVE r.apps_created, r.okta_requests_apps');
    const counts = await liveCounts(graph.db, graph.domain, run.id);
    assert.deepEqual([counts?.changes.added, counts?.okta.requests], [0, 0]);
  });
});
