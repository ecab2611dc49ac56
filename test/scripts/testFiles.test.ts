import assert from 'node:assert/strict';
import { ALONE, kindOf, LONGEST, testFiles } from '../../scripts/testFiles';

describe('The files of tests', () => {
  const files = testFiles();

  it('are of a kind by what they reach, also through other files, and by their folder', () => {
    const kinds = [
      'test/orgs/secret.test.ts',
      'test/okta/requests.test.ts',
      'test/graph/write/nodes.test.ts',
      'test/workflows/phases.test.ts',
      'test/failures/sweep.test.ts',
      'test/client.test.ts',
    ].map((file) => [file, kindOf(file)]);
    assert.deepEqual(kinds, [
      ['test/orgs/secret.test.ts', 'unit'],
      ['test/okta/requests.test.ts', 'unit'],
      ['test/graph/write/nodes.test.ts', 'graph'],
      ['test/workflows/phases.test.ts', 'workflows'],
      ['test/failures/sweep.test.ts', 'e2e'],
      ['test/client.test.ts', 'e2e'],
    ]);
  });

  it('that need the database alone, or are begun first, are there by these names', () => {
    const named = [...ALONE, ...LONGEST];
    assert.deepEqual(
      named.filter((file) => !files.includes(file)),
      [],
    );
  });

  it('are begun with those that take longest', () => {
    assert.deepEqual(files.slice(0, LONGEST.length), LONGEST);
    assert.equal(new Set(files).size, files.length, 'each file runs once');
  });
});
