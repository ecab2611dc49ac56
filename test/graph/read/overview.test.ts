import assert from 'node:assert/strict';
import { changesByDay, DAY_MS, trends } from '../../../src/graph/read/overview';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const NOON = TODAY + DAY_MS / 2;

describe('The trends of an org', () => {
  const graph = useGraph();

  /** Measures of some days ago, the number of users being the days. */
  const create = (...daysAgo: number[]) =>
    graph.set(
      `UNWIND range(0, size($daysAgo) - 1) AS i WITH i, $daysAgo[i] AS days
       CREATE (:OrgMeasure {okta_domain: $domain, run: i + 1, at: datetime({epochMillis: toInteger($now - days * ${DAY_MS})}),
         users: toInteger(days)})`,
      { daysAgo, now: NOON },
    );
  const found = async () => {
    const { latest, monthAgo, series } = await trends(graph.db, graph.domain);
    return [
      latest?.numbers['users'],
      monthAgo?.numbers['users'],
      series.map(({ numbers }) => numbers['users']),
    ];
  };

  it('are unknown before the first measure', async () => {
    await graph.set('CREATE (:OrgMeasure {okta_domain: "another.okta.com", run: 1, at: datetime()})');
    assert.deepEqual(await found(), [undefined, undefined, []]);
    await graph.set('MATCH (m:OrgMeasure {okta_domain: "another.okta.com"}) DELETE m');
  });

  it('have the measure that is nearest to 30 days before the latest', async () => {
    await create(60, 33, 28, 3, 0);
    assert.deepEqual(await found(), [0, 28, [60, 33, 28, 3, 0]]);
  });

  it('do not know a month ago if there is no measure within a few days of it', async () => {
    await create(100, 35, 20, 0);
    assert.deepEqual(await found(), [0, undefined, [35, 20, 0]]);
  });

  it('have the last measure of each day, and at most 45, with the latest', async () => {
    await create(...Array.from({ length: 88 }, (_, i) => 88 - i).flatMap((days) => [days, days]), 0);
    const { series, latest } = await trends(graph.db, graph.domain);
    assert.equal(series.length, 45);
    assert.deepEqual(series.at(-1), latest);
    assert.ok(series.every(({ run }) => run % 2 === 0 || run === 177));
  });
});

describe('The changes per day', () => {
  const graph = useGraph();

  const run = (number: number, daysAgo: number, properties: object) =>
    graph.set(
      `CREATE (r:SyncRun {okta_domain: $domain, id: toString($number), number: $number, outcome: 'succeeded',
         users_at_start: 5, memberships_at_start: 5})
       WITH r, datetime({epochMillis: toInteger($atMs)}) AS at
       SET r.started_at = at, r.finished_at = at,
           r += {users_created: 0, users_updated: 0, users_deleted: 0, groups_created: 0, groups_updated: 0, groups_deleted: 0,
                 memberships_added: 0, memberships_removed: 0}
       SET r += $properties`,
      { number, atMs: NOON - daysAgo * DAY_MS, properties },
    );
  const none = { created: 0, updated: 0, deleted: 0, joined: 0, left: 0 };
  const changes = () => changesByDay(graph.db, graph.domain, TODAY - 30 * DAY_MS);

  it('are the sums of its runs, and absent of days without one', async () => {
    await run(1, 9, { users_at_start: 0, memberships_at_start: 0, users_created: 1000 });
    await run(2, 4, { users_created: 1, groups_created: 2, memberships_added: 3 });
    await run(3, 4, { users_updated: 4, groups_updated: 1, users_deleted: 1, memberships_removed: 6 });
    await run(4, 40, { users_created: 9 });
    assert.deepEqual(await changes(), [
      { dayMs: TODAY - 9 * DAY_MS, ...none },
      { dayMs: TODAY - 4 * DAY_MS, created: 3, updated: 5, deleted: 1, joined: 3, left: 6 },
    ]);
  });

  it('are unknown of a day on which runs have failed, unless they changed something before', async () => {
    await run(1, 3, { outcome: 'failed' });
    await run(2, 2, { outcome: 'failed', users_created: 1 });
    assert.deepEqual(await changes(), [{ dayMs: TODAY - 2 * DAY_MS, ...none, created: 1 }]);
  });

  it('are of the day by the clock of Okta', async () => {
    await run(1, 1, { users_updated: 1 });
    await graph.set(
      'MATCH (r:SyncRun {okta_domain: $domain}) SET r.groups_as_of = r.started_at - duration("P7D")',
    );
    assert.deepEqual(await changes(), [{ dayMs: TODAY - 8 * DAY_MS, ...none, updated: 1 }]);
  });
});
