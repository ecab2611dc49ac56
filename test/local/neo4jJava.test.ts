import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { javaMajor } from '../../src/local/neo4jJava';
import { neo4jPassword } from '../../src/local/neo4jPassword';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

describe('The version of Java', () => {
  for (const [shown, major] of [
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['java version "1.8.0_391"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', 0],
  ] as const) {
    it(`is ${major} if java prints ${shown.slice(0, 30)}`, () => assert.equal(javaMajor(shown), major));
  }
});

describe('The password of a local Neo4j', () => {
  const folder = temporaryFolder();

  it('is generated at the first start and kept', async () => {
    const password = await neo4jPassword(folder.path);
    assert.match(password, /^[0-9a-f]{24}$/);
    assert.equal(await neo4jPassword(folder.path), password);
    assert.equal(await neo4jPassword(folder.path, 'another-one'), password);
  });

  it('is readable only by its owner', async () => {
    await neo4jPassword(folder.path, 'chosen-by-hand');
    assert.equal((await stat(join(folder.path, 'password'))).mode & 0o777, 0o600);
  });
});
