import assert from 'node:assert/strict';
import type { AccessKind } from '../../../src/contract';
import { ofEachKind } from '../../../src/graph/write/approvals';
import { endRun } from '../../../src/graph/write/runs';
import { standings, type Standing } from '../../../src/graph/read/standing';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('how an org stands', () => {
  const graph = useGraph();
  const standing = async (): Promise<Standing | undefined> => (await standings(graph.db, [graph.domain]))[0];

  it('is unknown while the graph has no run of it', async () => {
    assert.equal(await standing(), undefined);
  });

  it('has no success while the first run is in progress', async () => {
    await graph.begin();
    const { firstRunMs, inProgressSinceMs, ...rest } = (await standing()) ?? {};
    assert.ok(Number(firstRunMs) > 0);
    assert.equal(inProgressSinceMs, firstRunMs);
    assert.deepEqual(rest, {
      domain: graph.domain,
      lastSuccessMs: null,
      lastSuccessStartMs: null,
      lastRun: null,
      size: null,
      findings: {},
    });
  });

  it('has what the last run has left, and when the last success was', async () => {
    const good = await graph.begin();
    await graph.set(
      `CREATE (:User {okta_domain: $domain, id: 'u', last_seen_run: 1})-[:MEMBER_OF]->
              (:Group {okta_domain: $domain, id: 'g', last_seen_run: 1, memberships_tried_run: 1})
       WITH 1 AS one MATCH (r:SyncRun {okta_domain: $domain}) SET r.users_seen = 1, r.groups_seen = 1`,
    );
    const { finishedAt, outcome } = await endRun(graph.db, good);
    assert.equal(outcome, 'succeeded');
    const bad = await graph.begin();
    await graph.set(
      'MATCH (r:SyncRun {okta_domain: $domain, number: 2}) SET r.users_withheld = 5, r.apps_withheld = 2',
    );
    const failure = { code: 'OKTA_UNAUTHORIZED', message: 'no' } as const;
    const { durationMs } = await endRun(graph.db, bad, { outcome: 'failed', failure });

    const found = await standing();
    assert.equal(found?.lastSuccessMs, Date.parse(finishedAt));
    assert.equal(found.inProgressSinceMs, null);
    assert.deepEqual(found.lastRun, {
      outcome: 'failed',
      durationMs,
      withheld: { ...ofEachKind(0), users: 5, apps: 2 },
    });
    assert.deepEqual(found.size, {
      ...{ users: 1, groups: 1, memberships: 1 },
      ...{ apps: null, assignments: null, roles: null, rules: null },
    });
  });

  it('has the size of what SYNC_ACCESS names once a run has read it, and no longer when it is taken out', async () => {
    const sizes = async (access: readonly AccessKind[], steps: readonly string[]) => {
      const run = await graph.begin({ access });
      await graph.set(
        'MATCH (r:SyncRun {okta_domain: $domain, number: $number}) SET r.access_steps = $steps',
        { number: run.number, steps },
      );
      await endRun(graph.db, run);
      const { apps, assignments, roles, rules } = (await standing())?.size ?? {};
      return { apps, assignments, roles, rules };
    };
    await graph.set(
      `CREATE (u:User {okta_domain: $domain, id: 'u'})-[:ASSIGNED_TO]->(:App {okta_domain: $domain, id: 'a'}),
              (:GroupRule {okta_domain: $domain, id: 'r'})`,
    );
    const none = { apps: null, assignments: null, roles: null, rules: null };
    assert.deepEqual(await sizes(['apps', 'roles'], []), none);
    assert.deepEqual(await sizes(['apps', 'roles'], ['apps', 'groupApps']), { ...none, apps: 1 });
    assert.deepEqual(await sizes(['apps', 'roles'], ['apps', 'groupApps', 'appUsers', 'roles']), {
      ...{ apps: 1, assignments: 1, roles: 0, rules: null },
    });
    assert.deepEqual((await sizes(['apps'], [])).assignments, 1, 'an earlier run has read them');
    assert.deepEqual(await sizes([], []), none);
  });

  it('is not changed by an earlier run that is closed after a later one', async () => {
    const [first, second] = [await graph.begin(), await graph.begin()];
    await endRun(graph.db, second, { outcome: 'cancelled', failure: { code: 'CANCELLED', message: '' } });
    assert.equal((await standing())?.inProgressSinceMs, null, 'the newest run has ended');
    await endRun(graph.db, first, { outcome: 'abandoned', failure: { code: 'ABANDONED', message: '' } });
    assert.equal((await standing())?.lastRun?.outcome, 'cancelled');
  });

  it('has a run in progress also while and after what the System Log has named is read beside it', async () => {
    const full = await graph.begin({ mode: 'full' });
    const touched = await graph.begin({ mode: 'touched' });
    const sinceMs = (await standing())?.inProgressSinceMs;
    assert(typeof sinceMs === 'number');
    await endRun(graph.db, touched);
    assert.equal((await standing())?.inProgressSinceMs, sinceMs);
    await endRun(graph.db, full);
    assert.equal((await standing())?.inProgressSinceMs, null);
  });

  it('is returned only for the orgs that are asked for', async () => {
    await graph.begin();
    await graph.begin({ domain: graph.newDomain() });
    assert.deepEqual(
      (await standings(graph.db, [graph.domain])).map(({ domain }) => domain),
      [graph.domain],
    );
  });
});
