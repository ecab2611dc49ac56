import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { QUESTIONS } from '../../src/queries/registry';

const CLIENT = join(__dirname, '../../dist/client.js');

/** As bash calls a completion: `words` are the line as bash splits it, which is also at each `=` and `:`. */
const COMPLETE = `
set -u
source <(okta-graph complete bash)
source <(okta-graph complete bash)
COMP_LINE=$1; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_POINT=\${#COMP_LINE}
complete -p okta-graph >&2
__okta_graph_complete
printf '%s\\n' \${COMPREPLY[@]+"\${COMPREPLY[@]}"}
`;

describe('Completion in bash, whose script is sourced twice, without the package bash-completion', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'okta-graph-completion-'));
    const program = join(folder, 'okta-graph');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${CLIENT}' "$@"\n`);
    chmodSync(program, 0o755);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function completed(line: string, ...words: string[]): Promise<string[]> {
    const args = ['--norc', '-c', COMPLETE, 'bash', line, ...words];
    const env = { PATH: `${folder}:${process.env['PATH']}` };
    const { stdout, stderr } = await promisify(execFile)('bash', args, { cwd: folder, env });
    assert.match(stderr, /^complete .*-F __okta_graph_complete okta-graph\n$/, 'nothing else is printed');
    return stdout.split('\n').filter(Boolean);
  }

  it('gives commands and options', async () => {
    assert.deepEqual(await completed('okta-graph sche', 'okta-graph', 'sche'), ['schedule']);
    assert.deepEqual(await completed('okta-graph run --mo', 'okta-graph', 'run', '--mo'), ['--mode']);
  });

  it('gives the names of the questions after query, and nothing after a name', async () => {
    const names = QUESTIONS.map(({ id }) => id);
    assert.deepEqual(await completed('okta-graph query ', 'okta-graph', 'query', ''), names);
    const groups = names.filter((name) => name.startsWith('gro'));
    assert.deepEqual(await completed('okta-graph query gro', 'okta-graph', 'query', 'gro'), groups);
    const after = ['okta-graph', 'query', 'group-sizes', ''];
    assert.deepEqual(await completed('okta-graph query group-sizes ', ...after), []);
  });

  it('gives the options of the parts, which have parsers of their own', async () => {
    for (const [part, option] of [
      ['start', '--users'],
      ['simulator', '--latency'],
      ['worker', '--env-file'],
      ['console', '--help'],
    ] as const)
      assert.deepEqual(
        (await completed(`okta-graph ${part} --`, 'okta-graph', part, '--')).filter(
          (each) => each === option,
        ),
        [option],
        part,
      );
  });

  it('gives the shells after complete', async () => {
    const shells = ['zsh', 'bash', 'fish', 'powershell'];
    assert.deepEqual(await completed('okta-graph complete ', 'okta-graph', 'complete', ''), shells);
  });

  it('completes a word in an open quote', async () => {
    const groups = QUESTIONS.map(({ id }) => id).filter((name) => name.startsWith('gro'));
    for (const quote of ['"', "'"])
      assert.deepEqual(
        await completed(`okta-graph query ${quote}gro`, 'okta-graph', 'query', `${quote}gro`),
        groups,
      );
  });

  it('gives the values of an option, also after an equals sign', async () => {
    const modes = ['auto', 'full', 'incremental'];
    assert.deepEqual(await completed('okta-graph run --mode ', 'okta-graph', 'run', '--mode', ''), modes);
    assert.deepEqual(await completed('okta-graph run --mode=', 'okta-graph', 'run', '--mode', '='), modes);
    const typed = ['okta-graph', 'run', '--mode', '=', 'f'];
    assert.deepEqual(await completed('okta-graph run --mode=f', ...typed), ['full']);
  });

  it('does not evaluate what has been typed', async () => {
    const file = join(folder, 'evaluated');
    const word = `$(touch ${file})`;
    await completed(`okta-graph query ${word} `, 'okta-graph', 'query', word, '');
    assert.equal(existsSync(file), false);
  });
});
