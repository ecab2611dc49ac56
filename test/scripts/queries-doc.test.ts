import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { queriesDoc } from '../../scripts/queries-doc';
import { TOPICS } from '../../src/queries/topics';
import { QUESTIONS } from '../../src/queries/registry';

describe('The list of questions', () => {
  it('is in docs/queries.md as it is in the code; npm run docs makes it so', async () => {
    assert.equal(readFileSync('docs/queries.md', 'utf8'), await queriesDoc());
  });

  it('has every question under a topic', () => {
    const ids = new Set<string>(TOPICS.flatMap(([, ...each]) => each));
    assert.deepEqual([...ids].sort(), QUESTIONS.map(({ id }) => id).sort());
  });

  it('has every file of the folder, each under the name of its question', () => {
    const files = readdirSync('src/queries/questions').map((name) => name.replace(/\.ts$/, ''));
    assert.deepEqual(files.sort(), QUESTIONS.map(({ id }) => id).sort());
  });
});
