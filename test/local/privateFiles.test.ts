import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasAddedOrgs } from '../../src/local/addedOrgs';
import { makePrivate, privateFolder, writePrivateFile } from '../../src/local/privateFiles';
import { SetupError } from '../../src/local/setupError';
import { toolFolder } from '../../src/local/tools';
import { belongingToAnother } from '../../dev/lab/anotherUser';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

describe('Private files', () => {
  const folder = temporaryFolder();
  let umask: number;
  beforeEach(() => (umask = process.umask(0)));
  afterEach(() => void process.umask(umask));

  const path = (...names: string[]) => join(folder.path, ...names);
  const modeOf = async (...names: string[]) => ((await lstat(path(...names))).mode & 0o777).toString(8);

  it('are created with private parent folders', async () => {
    await privateFolder(path('a', 'b'));
    await writePrivateFile(path('a', 'b', 'c'), 'secret');
    const modes = [modeOf('a'), modeOf('a', 'b'), modeOf('a', 'b', 'c')];
    assert.deepEqual(await Promise.all(modes), ['700', '700', '600']);
  });

  it('cannot be in a folder that cannot be created, which is explained', async () => {
    await writeFile(path('a'), '');
    await assert.rejects(
      privateFolder(path('a', 'b')),
      /^SetupError: The directory .*\/a\/b cannot be created, because a file has its name or that of a directory above it/,
    );
    await assert.rejects(
      privateFolder(path('b'.repeat(300))),
      /^SetupError: The directory .*b cannot be created \(ENAMETOOLONG\)\. Run the command in a directory/,
    );
  });

  it('are not written where a directory is or no directory is, which is explained, and leave no part of them', async () => {
    await mkdir(path('a'));
    await assert.rejects(
      writePrivateFile(path('a'), 'secret'),
      /^SetupError: The file .*\/a cannot be written, because a directory has its name/,
    );
    await assert.rejects(
      writePrivateFile(path('b', 'c'), 'secret'),
      /^SetupError: The file .*\/b\/c cannot be written \(ENOENT\)/,
    );
    assert.deepEqual(await readdir(folder.path), ['a']);
  });

  it('are restricted if they were readable by others', async () => {
    await mkdir(path('a', 'tool'), { recursive: true, mode: 0o777 });
    await writeFile(path('a', 'env'), 'secret', { mode: 0o664 });
    await writeFile(path('a', 'tool', 'run'), '#!/bin/sh\n', { mode: 0o755 });
    await makePrivate(path('a'));
    const modes = [modeOf('a'), modeOf('a', 'env'), modeOf('a', 'tool'), modeOf('a', 'tool', 'run')];
    assert.deepEqual(await Promise.all(modes), ['700', '600', '700', '700']);
    await chmod(path('a', 'env'), 0o666);
    await writePrivateFile(path('a', 'env'), 'another');
    assert.equal(await modeOf('a', 'env'), '600');
  });

  it('do not include the target of a symbolic link', async () => {
    await mkdir(path('elsewhere'), { mode: 0o755 });
    await mkdir(path('a'));
    await symlink(path('elsewhere'), path('a', 'link'));
    await makePrivate(path('a'));
    assert.equal(await modeOf('elsewhere'), '755');
  });

  it('include downloaded tools and added orgs', async () => {
    await mkdir(path('credentials'), { mode: 0o755 });
    assert.equal(await hasAddedOrgs(path('credentials')), false);
    const fetch = (partial: string) => writeFile(join(partial, 'jar'), '', { mode: 0o644 });
    await toolFolder('tool', fetch, path('tools'));
    const modes = [modeOf('credentials'), modeOf('tools'), modeOf('tools', 'tool', 'jar')];
    assert.deepEqual(await Promise.all(modes), ['700', '700', '600']);
  });

  it('are rejected if another user owns them, with instructions', async () => {
    await mkdir(path('a'));
    await writeFile(path('a', 'env'), '');
    await belongingToAnother(path('a', 'env'), async (owner) => {
      await assert.rejects(makePrivate(path('a')), (error) => {
        assert.ok(error instanceof SetupError, String(error));
        assert.match(
          error.message,
          new RegExp(`belongs to another user \\(uid ${owner}\\).*sudo chown -R \\d+`),
        );
        return true;
      });
    });
  });
});
