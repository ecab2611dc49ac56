import assert from 'node:assert/strict';
import { removeOldRuns } from '../../../src/graph/write/runRetention';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

const DAY_MS = 86_400_000;

describe('the retention of runs', () => {
  const graph = useGraph();

  /** Runs in order: mode, outcome, and how many days ago each ended. */
  const create = (...runs: readonly (readonly [mode: string, outcome: string, daysAgo: number])[]) =>
    graph.set(
      `UNWIND range(0, size($runs) - 1) AS i
       WITH i, $runs[i] AS row
       CREATE (r:SyncRun {okta_domain: $domain, id: toString(i + 1), number: i + 1, mode: row[0], outcome: row[1]})
       SET r.finished_at = CASE row[1] WHEN 'running' THEN null ELSE datetime() - duration({days: toInteger(row[2])}) END`,
      { runs },
    );
  const kept = () =>
    graph.value<number[]>(
      'MATCH (r:SyncRun {okta_domain: $domain}) WITH r.number AS n ORDER BY n RETURN collect(n) AS value',
    );

  it('removes those that ended before it, and no others', async () => {
    await create(
      ['full', 'succeeded', 90],
      ['incremental', 'failed', 60],
      ['incremental', 'partial', 20],
      ['full', 'succeeded', 10],
      ['incremental', 'succeeded', 1],
    );
    await removeOldRuns(graph.db, graph.domain, 30 * DAY_MS);
    assert.deepEqual(await kept(), [3, 4, 5]);
  });

  it('never removes the last success, the last full success, the last that ended, or one without an end', async () => {
    await create(
      ['full', 'succeeded', 900],
      ['full', 'succeeded', 800],
      ['incremental', 'succeeded', 700],
      ['incremental', 'succeeded', 690],
      ['full', 'failed', 680],
      ['full', 'failed', 670],
      ['full', 'running', 0],
    );
    await removeOldRuns(graph.db, graph.domain, 400 * DAY_MS);
    assert.deepEqual(await kept(), [2, 4, 6, 7]);
  });

  it('removes old failures of an org that never had a success', async () => {
    await create(['full', 'failed', 900], ['full', 'failed', 800], ['full', 'failed', 1]);
    await removeOldRuns(graph.db, graph.domain, 30 * DAY_MS);
    assert.deepEqual(await kept(), [3]);
  });

  for (const days of [0, 30])
    it(`keeps those of mode touched that changed nothing for seven days, and no longer, where it is ${days} days`, async () => {
      await create(
        ['full', 'succeeded', 20],
        ['touched', 'succeeded', 8],
        ['touched', 'succeeded', 6],
        ['incremental', 'succeeded', 5],
      );
      await removeOldRuns(graph.db, graph.domain, days * DAY_MS);
      assert.deepEqual(await kept(), [1, 3, 4]);
    });

  it('keeps those of mode touched that changed something as long as the others', async () => {
    const changes = ['users_updated', 'memberships_added', 'memberships_removed', 'groups_created'];
    await create(
      ['full', 'succeeded', 100],
      ...changes.map(() => ['touched', 'succeeded', 40] as const),
      ['touched', 'succeeded', 70],
      ['incremental', 'succeeded', 5],
    );
    await graph.set(
      `UNWIND range(0, 4) AS i MATCH (r:SyncRun {okta_domain: $domain, number: i + 2})
       SET r += {users_seen: 3, users_updated: 0, memberships_added: 0}, r[($changes + 'users_updated')[i]] = 1`,
      { changes },
    );
    await removeOldRuns(graph.db, graph.domain, 60 * DAY_MS);
    assert.deepEqual(await kept(), [1, 2, 3, 4, 5, 7]);
  });

  it('keeps those of mode touched no longer than the others', async () => {
    await create(['full', 'succeeded', 1], ['touched', 'succeeded', 3], ['touched', 'succeeded', 1]);
    await removeOldRuns(graph.db, graph.domain, 2 * DAY_MS);
    assert.deepEqual(await kept(), [1, 3]);
  });

  it('keeps all where it is 0', async () => {
    await create(['full', 'succeeded', 9000], ['full', 'succeeded', 8000]);
    await removeOldRuns(graph.db, graph.domain, 0);
    assert.deepEqual(await kept(), [1, 2]);
  });

  it('keeps to its own org', async () => {
    await create(['full', 'failed', 900], ['full', 'succeeded', 800]);
    await removeOldRuns(graph.db, graph.newDomain(), DAY_MS);
    assert.deepEqual(await kept(), [1, 2]);
  });

  it('removes thousands at once', async () => {
    await graph.set(
      `UNWIND range(1, 2500) AS i
       CREATE (:SyncRun {okta_domain: $domain, id: toString(i), number: i, mode: 'full', outcome: 'succeeded', finished_at: datetime('2020-01-01T00:00:00Z')})`,
    );
    await removeOldRuns(graph.db, graph.domain, DAY_MS);
    assert.deepEqual(await kept(), [2500]);
  });
});
