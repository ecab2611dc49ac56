import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readdir, readFile, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { README, SIGNATURE, writeWholeFile, writeWholeFolder, type Folder } from '../../src/exports/output';
import { Explained } from '../../src/faults/explained';
import { run } from '../../src/local/command';
import { UsageError } from '../../src/text/usageError';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const modeOf = async (path: string) => (await lstat(path)).mode & 0o777;
const text = (content: string) => (write: (data: string) => Promise<void>) => write(content);

/** What an export writes. */
const exportOf = (content: string) => async (folder: Folder) => {
  await folder.file('User.csv', text(content));
  await folder.file(README, text(`${SIGNATURE}: acme.okta.com\n`));
};

const TABLES = [
  ...['User', 'Group', 'App', 'AdminRole', 'GroupRule'],
  ...['User-MEMBER_OF-Group', 'User-REPORTS_TO-User', 'User-ASSIGNED_TO-App', 'Group-ASSIGNED_TO-App'],
  ...['User-HAS_ROLE-AdminRole', 'Group-HAS_ROLE-AdminRole', 'GroupRule-ADDS_TO-Group'],
];

async function link(path: string, target: string): Promise<string> {
  await symlink(target, path);
  return path;
}

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

  it('is refused in place of anything but a file, whatever leads there', async () => {
    const pipe = join(folder.path, 'pipe');
    await run('mkfifo', [pipe]);
    for (const [taken, called] of [
      [folder.path, 'is a directory'],
      [await link(join(folder.path, 'to-folder'), folder.path), 'is a link to a directory'],
      [pipe, 'is a device or a pipe'],
      ['/dev/null', 'is a device or a pipe'],
      [await link(join(folder.path, 'to-null'), '/dev/null'), 'is a link to a device or a pipe'],
      ['/dev/stdout', 'is a link to a device or a pipe'],
    ] as const)
      await assert.rejects(writeWholeFile(taken, true, text('x')), (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, `${taken} ${called}. Specify a file, or - for stdout, with --out.`);
        return true;
      });
    await assert.rejects(writeWholeFile(`${path()}/`, false, text('x')), /names a directory/);
    await assert.rejects(writeWholeFile('', false, text('x')), /The path is empty\./);
    assert.deepEqual(await readdir(folder.path), ['pipe', 'to-folder', 'to-null']);
    assert.ok((await lstat('/dev/null')).isCharacterDevice());
  });

  it('can have the longest name that a file can have', async () => {
    const longest = join(folder.path, `${'n'.repeat(250)}.json`);
    await writeWholeFile(longest, false, text('x'));
    assert.equal(await readFile(longest, 'utf8'), 'x');
  });
});

describe('An export that is not complete when the process exits', () => {
  const folder = temporaryFolder();

  for (const [what, work] of [
    ['file', "writeWholeFile(path, false, async (write) => { await write('half'); process.exit(3); })"],
    [
      'folder',
      "writeWholeFolder(path, false, (folder) => folder.file('User.csv', async (write) => { await write('half'); process.exit(3); }))",
    ],
  ] as const)
    it(`leaves nothing of a ${what}`, async () => {
      const output = join(__dirname, '../../dist/exports/output.js');
      const script = `const { writeWholeFile, writeWholeFolder } = require(${JSON.stringify(output)});
        const path = ${JSON.stringify(join(folder.path, 'acme'))};
        ${work}`;
      const child = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
      assert.deepEqual(await once(child, 'exit'), [3, null]);
      assert.deepEqual(await readdir(folder.path), []);
    });
});

describe('A path that an export cannot have', () => {
  const folder = temporaryFolder();

  it('is a usage error, which says what is wrong with it', async () => {
    const file = join(folder.path, 'file');
    const loop = join(folder.path, 'loop');
    await writeFile(file, 'mine');
    await symlink(loop, loop);
    for (const [path, message] of [
      [join(folder.path, 'none', 'acme'), /acme cannot be written \(ENOENT\)\. Create its directory first/],
      [join(file, 'acme'), /acme cannot be written \(ENOTDIR\)\. A part of the path is a file/],
      [join(loop, 'acme'), /acme cannot be written \(ELOOP\)\. A part of the path is a link/],
      [join(folder.path, 'n'.repeat(256)), /cannot be written \(ENAMETOOLONG\)\. .* Specify a shorter one/],
      [`${folder.path}/${'./'.repeat(2100)}acme`, /cannot be written \(ENAMETOOLONG\)/],
    ] as const)
      for (const writing of [
        () => writeWholeFile(path, false, text('x')),
        () => writeWholeFolder(path, false, exportOf('x')),
      ])
        await assert.rejects(writing, (error) => {
          assert.ok(error instanceof UsageError, String(error));
          assert.match(error.message, message);
          return true;
        });
    assert.deepEqual(await readdir(folder.path), ['file', 'loop']);
  });

  it('is explained if it is a right path where nobody may write', async () => {
    await assert.rejects(writeWholeFile('/sys/acme.json', false, text('x')), (error) => {
      assert.ok(error instanceof Explained);
      assert.match(error.message, /^\/sys\/acme\.json cannot be written \((EACCES|EROFS)\)\. /);
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

  it('fills an empty directory, also the current one, and keeps it', async () => {
    await mkdir(path(), { mode: 0o755 });
    const { ino } = await lstat(path());
    const before = process.cwd();
    process.chdir(path());
    try {
      await writeWholeFolder('.', false, async (partial) => {
        await exportOf('one')(partial);
        const [name = ''] = await readdir(path());
        assert.equal(await modeOf(join(path(), name)), 0o700, 'nobody else can see what is not complete');
      });
      await assert.rejects(writeWholeFolder('.', false, exportOf('two')), /already exists/);
      await writeWholeFolder('.', true, exportOf('two'));
    } finally {
      process.chdir(before);
    }
    assert.equal(await readFile(join(path(), 'User.csv'), 'utf8'), 'two');
    assert.equal(await modeOf(join(path(), 'User.csv')), 0o600);
    assert.deepEqual(await readdir(path()), [README, 'User.csv']);
    assert.equal((await lstat(path())).ino, ino, 'it is the same directory, as a mount point has to be');
    assert.deepEqual(await readdir(folder.path), ['acme']);
  });

  it('fills the empty directory that a link leads to, and is refused where one leads to anything else', async () => {
    await mkdir(path());
    await writeWholeFolder(await link(join(folder.path, 'to-folder'), path()), false, exportOf('one'));
    assert.deepEqual(await readdir(path()), [README, 'User.csv']);
    for (const [taken, called] of [
      [await link(join(folder.path, 'to-file'), join(path(), 'User.csv')), 'is a link to a file'],
      [
        await link(join(folder.path, 'to-nothing'), join(folder.path, 'none')),
        'is a link that leads nowhere',
      ],
      ['/dev/null', 'is a device or a pipe'],
    ] as const)
      await assert.rejects(writeWholeFolder(taken, true, exportOf('two')), (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, `${taken} ${called}. Specify a directory with --out.`);
        return true;
      });
  });

  it('leaves a directory empty if the export fails, or if something was added meanwhile', async () => {
    await mkdir(path());
    await assert.rejects(
      writeWholeFolder(path(), false, async (partial) => {
        await exportOf('half')(partial);
        throw new Error('Neo4j is down');
      }),
      /Neo4j is down/,
    );
    assert.deepEqual(await readdir(path()), []);
    const adding = async (partial: Folder) => {
      await exportOf('one')(partial);
      await writeFile(join(path(), 'mine.csv'), 'mine');
    };
    await assert.rejects(writeWholeFolder(path(), false, adding), /has mine\.csv/);
    assert.deepEqual(await readdir(path()), ['mine.csv']);
  });

  it('is not added to one that was made meanwhile', async () => {
    const making = async (partial: Folder) => {
      await exportOf('one')(partial);
      await mkdir(path());
    };
    await assert.rejects(writeWholeFolder(path(), false, making), /already exists/);
    assert.deepEqual(await readdir(folder.path), ['acme']);
    assert.deepEqual(await readdir(path()), []);
  });

  it('replaces an earlier export only if that is asked for', async () => {
    await writeWholeFolder(path(), false, exportOf('one'));
    await assert.rejects(writeWholeFolder(path(), false, exportOf('two')), /already exists/);
    await writeWholeFolder(path(), true, exportOf('two'));
    assert.equal(await readFile(join(path(), 'User.csv'), 'utf8'), 'two');
    assert.deepEqual(await readdir(folder.path), ['acme']);
  });

  it('never replaces a directory with anything else in it, and names that', async () => {
    const refused = async (name: string) =>
      assert.rejects(writeWholeFolder(path(), true, exportOf('two')), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, new RegExp(`acme has ${name}, which is not part of an export\\. `));
        return true;
      });
    await writeWholeFolder(path(), false, exportOf('one'));
    for (const name of ['thesis.doc', 'budget.csv', 'results.parquet', 'user.csv', 'User-LIKES-User.csv']) {
      await writeFile(join(path(), name), 'mine');
      await refused(name);
      assert.equal(await readFile(join(path(), name), 'utf8'), 'mine');
      await rm(join(path(), name));
    }
    await mkdir(join(path(), 'Group.csv'));
    await refused('Group.csv');
    await rmdir(join(path(), 'Group.csv'));
    await writeFile(join(path(), README), 'mine');
    await refused(README);
    await rm(join(path(), README));
    await refused('User.csv');
    await assert.rejects(writeWholeFolder(join(path(), 'User.csv'), true, exportOf('two')), /is a file/);
  });

  it('replaces an export of any format', async () => {
    await mkdir(path());
    for (const table of TABLES)
      for (const ending of ['csv', 'parquet']) await writeFile(join(path(), `${table}.${ending}`), '');
    await writeFile(join(path(), README), SIGNATURE);
    await writeWholeFolder(path(), true, exportOf('two'));
    assert.deepEqual(await readdir(path()), [README, 'User.csv']);
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
