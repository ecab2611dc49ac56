import assert from 'node:assert/strict';
import { ensureExploreIndexes, EXPLORE_RULES } from '../../../src/graph/schema/exploreIndexes';
import { openGraph, useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('The indexes of the console', () => {
  const graph = useGraph();

  it('can be created by several consoles at once', async () => {
    const consoles = await Promise.all([openGraph(), openGraph(), openGraph(), openGraph()]);
    const names = EXPLORE_RULES.map(({ name }) => name).sort();
    for (let round = 0; round < 5; round += 1) {
      for (const name of names) await graph.db.run(`DROP INDEX ${name} IF EXISTS`);
      await Promise.all(consoles.map(ensureExploreIndexes));
    }
    const created = await graph.db.run<{ name: string }>(
      'SHOW INDEXES YIELD name WHERE name IN $names RETURN name ORDER BY name',
      { names },
    );
    assert.deepEqual(
      created.map(({ name }) => name),
      names,
    );
    await Promise.all(consoles.map((db) => db.close()));
  });
});
