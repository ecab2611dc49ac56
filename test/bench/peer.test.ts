import assert from 'node:assert/strict';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installPeer, PEER } from '../../bench/peer/install';
import { environmentVariables } from '../../dev/lab/environmentVariables';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';
import { succeeds } from '../../src/local/command';

describe('The peer that the benchmark compares with', () => {
  const folder = temporaryFolder();
  environmentVariables(() => ({ PATH: folder.path }));

  const program = async (path: string, script: string) => {
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  };
  const install = async () => installPeer(join(folder.path, 'peer'));

  it('is left out where there is no Python', async () => {
    assert.deepEqual(await install(), { missing: 'it needs Python 3, and python3 is not on the PATH.' });
  });

  it('is left out where it cannot be installed, with the reason, and leaves no incomplete environment', async () => {
    await program(join(folder.path, 'python3'), 'echo "No module named venv" >&2; exit 1');
    await mkdir(join(folder.path, 'peer'));
    const installed = await install();
    assert.ok('missing' in installed);
    assert.match(installed.missing, /could not be installed.*No module named venv/);
    assert.equal(await succeeds(stat(join(folder.path, 'peer'))), false);
  });

  it('is not installed again', async () => {
    await mkdir(join(folder.path, 'peer/bin'), { recursive: true });
    const python = join(folder.path, 'peer/bin/python');
    await program(python, `echo ${PEER.version}`);
    assert.deepEqual(await install(), { python });
  });
});
