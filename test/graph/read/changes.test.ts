import assert from 'node:assert/strict';
import neo4jDriver, { type Driver, type Session } from 'neo4j-driver';
import { ACCESS_KINDS } from '../../../src/contract';
import type { GraphDatabase } from '../../../src/graph/database';
import { latestChanges, type Wanted } from '../../../src/graph/read/changes';
import { runsBetween, runsNumbered } from '../../../src/graph/read/changingRuns';
import { ensureAccessSchema } from '../../../src/graph/schema/accessSchema';
import { ensureExploreIndexes } from '../../../src/graph/schema/exploreIndexes';
import { explain } from '../../../dev/lab/graph/plan';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { neo4j } from '../../../dev/lab/servers/services';

const AT = (hour: number) => Date.UTC(2026, 10, 20, hour);

describe('The changes of a time', () => {
  const graph = useGraph();

  const run = (number: number, hour: number, properties: object = {}) =>
    graph.set(
      `CREATE (r:SyncRun {okta_domain: $domain, id: 'r' + toInteger($number), outcome: 'succeeded',
         users_at_start: 5, memberships_at_start: 5, users_created: 1, users_updated: 0, users_deleted: 0,
         groups_created: 0, groups_updated: 0, groups_deleted: 0, memberships_added: 0, memberships_removed: 0})
       SET r.number = toInteger($number), r.started_at = datetime({epochMillis: toInteger($at)}), r += $properties`,
      { number, at: AT(hour), properties },
    );

  it('are those of runs that read the groups then, newest first, without runs that changed nothing', async () => {
    await run(1, 1, { users_at_start: 0 });
    await run(2, 2, { users_created: 0 });
    await run(3, 3);
    await run(4, 4, { users_created: 0, roles_added: 2 });
    await run(5, 5);
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: 3}) SET r.groups_as_of = r.started_at + duration('PT30M')`,
    );
    const between = async (from: number, to: number) =>
      (await runsBetween(graph.db, graph.domain, { fromMs: AT(from), toMs: AT(to) })).map(
        ({ runNumber, isFirst, atMs }) => [runNumber, isFirst, (atMs - AT(0)) / 3_600_000],
      );
    assert.deepEqual(await between(0, 5), [
      [4, false, 4],
      [3, false, 3.5],
      [1, true, 1],
    ]);
    assert.deepEqual(await between(2, 3.25), []);
    const [found] = await runsBetween(graph.db, graph.domain, { fromMs: AT(4), toMs: AT(5) });
    assert.deepEqual([found?.roles, found?.apps], [{ added: 2, removed: 0 }, null]);
    const numbered = await runsNumbered(graph.db, graph.domain, [5, 9, 1]);
    assert.deepEqual(numbered.map(({ runId }) => runId).sort(), ['r1', 'r5']);
  });

  describe('in a plan', () => {
    let driver: Driver;
    let session: Session;

    before(async () => {
      const { uri, username, password } = await neo4j();
      driver = neo4jDriver.driver(uri, neo4jDriver.auth.basic(username, password));
      session = driver.session();
      await ensureAccessSchema(graph.db, ACCESS_KINDS);
      // Its index is created once there are memberships with history.
      await graph.set('CREATE (:User)-[:MEMBER_OF {opened_by: 1}]->(:Group {okta_domain: $domain})');
      await ensureExploreIndexes(graph.db);
      await graph.db.run('CALL db.awaitIndexes(60)');
    });
    after(async () => {
      await session.close();
      await driver.close();
    });

    /** The statements that are sent, and where their plans begin. */
    async function leavesOf(wanted: Wanted): Promise<string[]> {
      const sent: [string, Record<string, unknown>][] = [];
      const db = {
        read: (cypher: string, parameters: Record<string, unknown>) => {
          sent.push([cypher, parameters]);
          return Promise.resolve([]);
        },
      } as unknown as GraphDatabase;
      await latestChanges(db, graph.domain, 4, 5, { atMost: 100, ...wanted });
      const leaves: string[] = [];
      for (const [cypher, parameters] of sent)
        for (const { isLeaf, operator, details } of await explain(session, cypher, parameters))
          if (isLeaf && operator !== 'Argument') leaves.push(`${operator} ${details}`);
      return leaves;
    }

    it('begin at indexes on runs', async () => {
      const leaves = await leavesOf({});
      const scans = leaves.filter((leaf) => !/Seek/.test(leaf));
      assert.deepEqual(scans, []);
      for (const index of [
        /User\(okta_domain, added_run\)/,
        /Group\(okta_domain, added_run\)/,
        /UserChange\(okta_domain, run\)/,
        /m:MEMBER_OF\(opened_by\)/,
        /m:WAS_MEMBER_OF\(closed_by\)/,
        /m:ASSIGNED_TO\(opened_by\)/,
        /m:HAD_ROLE\(closed_by\)/,
      ])
        assert.ok(
          leaves.some((leaf) => index.test(leaf)),
          `${index.source} in ${leaves.join('\n')}`,
        );
    });

    it('begin at a user or group by its id', async () => {
      for (const label of ['User', 'Group'] as const) {
        const leaves = await leavesOf({ about: { label, id: 'x' } });
        assert.ok(leaves.length > 0);
        for (const leaf of leaves) assert.match(leaf, /UniqueIndexSeek.*\(okta_domain, id\)/);
      }
    });
  });
});
