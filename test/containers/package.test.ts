import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support/dockerfile';

interface Packed {
  files: { path: string }[];
}

describe('The package', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(packed) as [Packed];
  const paths = files.map(({ path }) => path);

  it('has the program, what it reads at run time, and its documents', () => {
    for (const path of [
      'dist/client.js',
      'dist/workflow-bundle.js',
      'dist/console/static/console.css',
      'dist/local/neo4jJars.sha256',
      'dist/simulator/main.js',
      'docs/cli.md',
      'README.md',
      'LICENSE',
    ])
      assert.ok(paths.includes(path), path);
  });

  it('has nothing of the sources, the tests and the tools of development', () => {
    assert.deepEqual(
      paths.filter((path) => /^(src|test|dev|scripts|bench|attack|node_modules|\.)/.test(path)),
      [],
    );
  });

  it('may be published, and is found by what it is about', () => {
    const { private: isPrivate, keywords } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      private?: boolean;
      keywords: string[];
    };
    assert.equal(isPrivate, undefined);
    assert.ok(keywords.includes('okta') && keywords.includes('neo4j'));
  });
});
