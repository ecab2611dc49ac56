import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { README, SIGNATURE, writeWholeFile, writeWholeFolder, type Folder } from '../../src/exports/output';
import { Explained } from '../../src/connections/explain';
import { UsageError } from '../../src/text/usageError';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const modeOf = async (path: string) => (await lstat(path)).mode & 0o777;
const text = (content: string) => (write: (data: string) => Promise<void>) => write(content);

/** What an export writes. */
const exportOf = (content: string) => async (folder: Folder) => {
  await folder.file('User.csv', text(content));
  await folder.file(README, text(`${SIGNATURE}: acme.okta.com\n`));
};

describe('The file of an export', () => {
  const folder = temporaryFolder();
  const path = () => join(folder.path, 'acme.json');

  it('is written whole, for this user only', async () => {
    await writeWholeFile(path(), false, async (write) => {
      await write('one ');
      await write(Buffer.from('two'));
      assert.deepEqual(
        (await readdir(folder.path)).filter((name) => !name.endsWith('.partial')),
        [],
      );
    });
    assert.equal(await readFile(path(), 'utf8'), 'one two');
    assert.equal(await modeOf(path()), 0o600);
    assert.deepEqual(await readdir(folder.path), ['acme.json']);
  });

  it('replaces another only if that is asked for', async () => {
    await writeFile(path(), 'before', { mode: 0o644 });
    await assert.rejects(writeWholeFile(path(), false, text('after')), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /acme\.json already exists\. .*--force/);
      return true;
    });
    assert.equal(await readFile(path(), 'utf8'), 'before');
    await writeWholeFile(path(), true, text('after'));
    assert.equal(await readFile(path(), 'utf8'), 'after');
    assert.equal(await modeOf(path()), 0o600);
  });

  it('does not replace one that was made meanwhile', async () => {
    await assert.rejects(
      writeWholeFile(path(), false, async () => writeFile(path(), 'made meanwhile')),
      /already exists/,
    );
    assert.equal(await readFile(path(), 'utf8'), 'made meanwhile');
    assert.deepEqual(await readdir(folder.path), ['acme.json']);
  });

  it('does not exist, and an earlier one is kept, if the export fails', async () => {
    const failing = async (write: (data: string) => Promise<void>) => {
      await write('half');
      throw new Error('Neo4j is down');
    };
    await assert.rejects(writeWholeFile(path(), false, failing), /Neo4j is down/);
    assert.deepEqual(await readdir(folder.path), []);
    await writeFile(path(), 'before');
    await assert.rejects(writeWholeFile(path(), true, failing), /Neo4j is down/);
    assert.equal(await readFile(path(), 'utf8'), 'before');
    assert.deepEqual(await readdir(folder.path), ['acme.json']);
  });

  it('replaces a link, not what it leads to', async () => {
    const target = join(folder.path, 'target');
    await writeFile(target, 'untouched');
    await symlink(target, path());
    await assert.rejects(writeWholeFile(path(), false, text('new')), /already exists/);
    await writeWholeFile(path(), true, text('new'));
    assert.equal(await readFile(target, 'utf8'), 'untouched');
    assert.ok((await lstat(path())).isFile());
  });

  it('is refused in place of a directory, or in one that does not exist', async () => {
    await assert.rejects(writeWholeFile(folder.path, true, text('x')), /is a directory\. Specify a file/);
    const nowhere = join(folder.path, 'none', 'acme.json');
    await assert.rejects(writeWholeFile(nowhere, false, text('x')), (error) => {
      assert.ok(error instanceof Explained);
      assert.match(error.message, /cannot be written \(ENOENT\)\. Create its directory first/);
      return true;
    });
  });
});

describe('The folder of an export', () => {
  const folder = temporaryFolder();
  const path = () => join(folder.path, 'acme');

  it('is written whole, for this user only', async () => {
    await writeWholeFolder(`${path()}/`, false, exportOf('one'));
    assert.equal(await modeOf(path()), 0o700);
    assert.equal(await modeOf(join(path(), 'User.csv')), 0o600);
    assert.deepEqual(await readdir(folder.path), ['acme']);
  });

  it('may take the place of an empty directory', async () => {
    await mkdir(path());
    await writeWholeFolder(path(), false, exportOf('one'));
    assert.equal(await readFile(join(path(), 'User.csv'), 'utf8'), 'one');
    assert.equal(await modeOf(path()), 0o700);
  });

  it('replaces an earlier export only if that is asked for', async () => {
    await writeWholeFolder(path(), false, exportOf('one'));
    await assert.rejects(writeWholeFolder(path(), false, exportOf('two')), /already exists/);
    await writeWholeFolder(path(), true, exportOf('two'));
    assert.equal(await readFile(join(path(), 'User.csv'), 'utf8'), 'two');
    assert.deepEqual(await readdir(folder.path), ['acme']);
  });

  it('never replaces a directory with anything else in it', async () => {
    await writeWholeFolder(path(), false, exportOf('one'));
    await writeFile(join(path(), 'thesis.doc'), 'mine');
    await assert.rejects(writeWholeFolder(path(), true, exportOf('two')), /is not replaced/);
    const tables = join(folder.path, 'tables');
    await mkdir(tables);
    await writeFile(join(tables, 'mine.csv'), 'mine');
    await assert.rejects(writeWholeFolder(tables, true, exportOf('two')), /is not replaced/);
    assert.equal(await readFile(join(tables, 'mine.csv'), 'utf8'), 'mine');
    await assert.rejects(writeWholeFolder(join(tables, 'mine.csv'), true, exportOf('two')), /is a file/);
  });

  it('does not exist, and an earlier one is kept, if the export fails', async () => {
    const failing = async (partial: Folder) => {
      await exportOf('half')(partial);
      throw new Error('Neo4j is down');
    };
    await assert.rejects(writeWholeFolder(path(), false, failing), /Neo4j is down/);
    assert.deepEqual(await readdir(folder.path), []);
    await writeWholeFolder(path(), false, exportOf('one'));
    await assert.rejects(writeWholeFolder(path(), true, failing), /Neo4j is down/);
    assert.equal(await readFile(join(path(), 'User.csv'), 'utf8'), 'one');
    assert.deepEqual(await readdir(folder.path), ['acme']);
  });
});
