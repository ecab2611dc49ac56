import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
      ['.env.example'],
    );
  });

  it('has no source maps, which Node does not read by default', () => {
    assert.deepEqual(
      paths.filter((path) => path.endsWith('.map')),
      [],
    );
  });

  it('is built from nothing, without files of earlier builds', async function () {
    this.timeout(120_000);
    const copy = await mkdtemp(join(tmpdir(), 'okta-graph-package-'));
    try {
      for (const name of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'scripts'])
        await cp(join(ROOT, name), join(copy, name), { recursive: true });
      await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
      await mkdir(join(copy, 'dist'));
      await writeFile(join(copy, 'dist/removed.js'), '');
      const args = ['pack', '--dry-run', '--json', '--foreground-scripts=false'];
      const { stdout } = await promisify(execFile)('npm', args, { cwd: copy, maxBuffer: 2 ** 26 });
      const built = (JSON.parse(stdout) as [Packed])[0].files.map(({ path }) => path);
      assert.ok(built.includes('dist/client.js'));
      assert.ok(!built.includes('dist/removed.js'));
      assert.deepEqual(
        built.filter((path) => path.endsWith('.map')),
        [],
      );
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
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
