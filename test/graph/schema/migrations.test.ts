import assert from 'node:assert/strict';
import { migrate, MIGRATIONS, type Migration } from '../../../src/graph/schema/migrations';
import { ensureSchema } from '../../../src/graph/schema/schema';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('the migrations of the graph', () => {
  const graph = useGraph();

  const version = () =>
    graph.value<number | null>("MATCH (s:OktaGraphSchema {name: 'schema'}) RETURN s.version AS value");
  const setVersion = (number: number) =>
    graph.set("MATCH (s:OktaGraphSchema {name: 'schema'}) SET s.version = toInteger($number)", { number });
  /** Steps that note that they were taken. */
  const noting = (taken: number[], ...numbers: number[]): Migration[] =>
    numbers.map((number) => ({
      number,
      name: `step ${number}`,
      apply: async () => taken.push(number),
    }));

  afterEach(() => setVersion(MIGRATIONS.length));

  it('are numbered from 1 without a gap, so that a version shows which were applied', () => {
    assert.deepEqual(
      MIGRATIONS.map(({ number }) => number),
      MIGRATIONS.map((_, index) => index + 1),
    );
  });

  it('are applied with the schema, and the graph has its version', async () => {
    await setVersion(0);
    await ensureSchema(graph.db);
    assert.equal(await version(), MIGRATIONS.length);
  });

  it('are taken in order, each once', async () => {
    const taken: number[] = [];
    await setVersion(1);
    await migrate(graph.db, noting(taken, 1, 2, 3));
    await migrate(graph.db, noting(taken, 1, 2, 3));
    assert.deepEqual(taken, [2, 3]);
    assert.equal(await version(), 3);
  });

  it('are taken by one of many workers that start at once', async () => {
    const taken: number[] = [];
    await setVersion(0);
    await Promise.all(Array.from({ length: 5 }, () => migrate(graph.db, noting(taken, 1, 2))));
    assert.deepEqual(taken, [1, 2]);
  });

  it('begin again where one fails, and say so', async () => {
    const taken: number[] = [];
    await setVersion(0);
    const [first, second] = noting(taken, 1, 2) as [Migration, Migration];
    const broken = { ...second, apply: () => Promise.reject(new Error('no luck')) };
    await assert.rejects(migrate(graph.db, [first, broken]), /no luck/);
    assert.equal(await version(), 0);
    await migrate(graph.db, [first, second]);
    assert.deepEqual(taken, [1, 1, 2]);
  });

  it('leave a graph of a later version as it is', async () => {
    const taken: number[] = [];
    await setVersion(9);
    await migrate(graph.db, noting(taken, 1, 2));
    assert.deepEqual(taken, []);
    assert.equal(await version(), 9);
  });

  describe('number 1', () => {
    const [first] = MIGRATIONS as [Migration];
    const book = () =>
      graph.value<Record<string, unknown>>(
        `MATCH (o:OktaOrg {domain: $domain})
         RETURN o {.last_ended_run, .users, .groups, .memberships, lastSuccess: toString(o.last_success_at)} AS value`,
      );

    beforeEach(() =>
      graph.set(
        `CREATE (:OktaOrg {domain: $domain, last_run: 4})
         CREATE (:User {okta_domain: $domain, id: 'a'})-[:MEMBER_OF]->(:Group {okta_domain: $domain, id: 'g'})
         CREATE (:User {okta_domain: $domain, id: 'b'})
         WITH 1 AS one
         UNWIND [[1, 'succeeded'], [2, 'succeeded'], [3, 'failed'], [4, 'running']] AS row
         CREATE (r:SyncRun {okta_domain: $domain, id: toString(row[0]), number: row[0], outcome: row[1]})
         SET r.finished_at = CASE row[1] WHEN 'running' THEN null ELSE datetime({year: 2026, month: row[0]}) END`,
      ),
    );

    it('fills in how an org of 0.1.0 stands', async () => {
      await first.apply(graph.db);
      const filled = {
        last_ended_run: 3,
        users: 2,
        groups: 1,
        memberships: 1,
        lastSuccess: '2026-02-01T00:00:00Z',
      };
      assert.deepEqual(await book(), filled);
    });

    it('does no harm when it is done twice, or after a run', async () => {
      await graph.set('MATCH (o:OktaOrg {domain: $domain}) SET o.last_ended_run = 7, o.users = 70');
      await first.apply(graph.db);
      assert.deepEqual(await book(), {
        last_ended_run: 7,
        users: 70,
        groups: null,
        memberships: null,
        lastSuccess: null,
      });
    });
  });
});
