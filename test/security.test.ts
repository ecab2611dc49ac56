import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

describe('SECURITY.md', () => {
  it('names tests that exist for its promises', () => {
    const named = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8').matchAll(/`((?:test|attack)\/[\w/]+)`/g);
    const paths = [...named].map(([, path = '']) => path);
    assert.ok(paths.length > 15, `${paths.length} tests are named`);
    const missing = paths.filter(
      (path) => !['', '.ts', '.test.ts'].some((ending) => existsSync(join(ROOT, path + ending))),
    );
    assert.deepEqual(missing, []);
  });
});
