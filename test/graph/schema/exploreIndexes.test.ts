import assert from 'node:assert/strict';
import type { GraphDatabase } from '../../../src/graph/database';
import {
  completeExploreIndexes,
  ensureExploreIndexes,
  EXPLORE_RULES,
  exploreRules,
} from '../../../src/graph/schema/exploreIndexes';
import { openGraph, useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('The indexes of the console', () => {
  const graph = useGraph();

  const existing = async (names: readonly string[]) => {
    const rows = await graph.db.run<{ name: string }>(
      'SHOW INDEXES YIELD name WHERE name IN $names RETURN name ORDER BY name',
      { names },
    );
    return rows.map(({ name }) => name);
  };
  const drop = async (name: string) => graph.db.run(`DROP INDEX ${name} IF EXISTS`);

  beforeEach(() =>
    graph.set(
      "CREATE (:User {okta_domain: $domain, id: '00u1'})-[:MEMBER_OF {opened_by: 1}]->(:Group {okta_domain: $domain, id: '00g1'})",
    ),
  );

  it('lack one until memberships are there, which would slow down writing them', async () => {
    const rulesOf = async (isFilled: boolean) =>
      (await exploreRules({ read: async () => [{ isFilled }] } as unknown as GraphDatabase)).map(
        ({ name }) => name,
      );
    const late = 'okta_member_of_opened_by';
    assert.ok((await rulesOf(true)).includes(late));
    assert.deepEqual(
      await rulesOf(false),
      (await rulesOf(true)).filter((name) => name !== late),
    );
  });

  it('are completed by the next run, if there is a console', async () => {
    const names = EXPLORE_RULES.map(({ name }) => name).sort();
    for (const name of names) await drop(name);
    await completeExploreIndexes(graph.db);
    assert.deepEqual(await existing(names), []);
    await ensureExploreIndexes(graph.db);
    await drop('okta_member_of_opened_by');
    await completeExploreIndexes(graph.db);
    assert.deepEqual(await existing(names), names);
  });

  it('can be created by several consoles at once', async () => {
    const consoles = await Promise.all([openGraph(), openGraph(), openGraph(), openGraph()]);
    const names = EXPLORE_RULES.map(({ name }) => name).sort();
    for (let round = 0; round < 5; round += 1) {
      for (const name of names) await drop(name);
      await Promise.all(consoles.map(ensureExploreIndexes));
    }
    assert.deepEqual(await existing(names), names);
    await Promise.all(consoles.map((db) => db.close()));
  });
});
