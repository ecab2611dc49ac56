import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript-api';
import { collect } from '../../scripts/coverage/collect';
import { coverageTable, missedLines } from '../../scripts/coverage/table';

const PART = `import type { Name } from './name';

interface Answer {
  name: Name;
}

export function part(name: Name): Answer | undefined {
  if (name === 'imported') {
    return { name };
  }
  if (name === 'required') {
    const answer: Answer = { name };
    return answer;
  }
  if (name === 'built') return { name: name || 'nobody' };
  throw new Error('nobody asks for this');
}

export const unused = (name: Name) => part(name);
part(process.argv[2] as Name);
`;
const UNLOADED = `export const unloaded = 1;\nif (unloaded > 2) throw new Error('no');\n`;
const NAME = `export type Name = 'imported' | 'required' | 'built';\n`;

const TSX = dirname(require.resolve('tsx/package.json'));

describe('The coverage of all tests', () => {
  let root: string;
  let data: string;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'okta-graph-coverage-'));
    data = join(root, 'v8');
    for (const folder of ['src/deep', 'dist']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'src/part.ts'), PART);
    writeFileSync(join(root, 'src/deep/unloaded.ts'), UNLOADED);
    writeFileSync(join(root, 'src/name.ts'), NAME);
    build();
    // Each process compiles the same source in another way, and runs another part of it.
    run(['--import', join(TSX, 'dist/loader.mjs'), 'src/part.ts', 'imported']);
    run(['--require', join(TSX, 'dist/cjs/index.cjs'), 'src/part.ts', 'required']);
    run(['dist/part.js', 'built']);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it('has each line that one of several processes ran, however it compiled the file, and no other', () => {
    const { files, cut } = collect({ root, data });
    assert.equal(cut, 0);
    assert.equal(missedLines(files), 'src/deep/unloaded.ts: 1 2\nsrc/part.ts: 16 19\n');
  });

  it('counts a file that no process has loaded as not covered, and leaves out one that only has types', () => {
    const { files } = collect({ root, data });
    const [, ...rows] = coverageTable(files).split('\n');
    assert.deepEqual(
      rows.map((row) => row.split(/\s{2,}/)),
      [
        ['src', '77.7 %', '71.4 %'],
        ['src/deep', '0.0 %', '0.0 %'],
        [''],
        ['Least covered:'],
        ['src/deep/unloaded.ts', '0.0 %', '0.0 %'],
        ['src/part.ts', '77.7 %', '71.4 %'],
        [''],
        ['Total', '63.6 %', '55.5 %'],
      ],
    );
  });

  it('says of how many processes it knows nothing, since they were ended while they wrote down what ran', () => {
    const [name = ''] = readdirSync(data);
    truncateSync(join(data, name), 100);
    assert.equal(collect({ root, data }).cut, 1);
  });

  function build(): void {
    const { outputText, sourceMapText = '' } = ts.transpileModule(PART, {
      fileName: 'part.ts',
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2023,
        sourceMap: true,
        sourceRoot: '../src/',
      },
    });
    writeFileSync(join(root, 'dist/part.js'), outputText);
    writeFileSync(join(root, 'dist/part.js.map'), sourceMapText);
  }

  function run(args: string[]): void {
    execFileSync(process.execPath, args, { cwd: root, env: { NODE_V8_COVERAGE: data } });
  }
});
