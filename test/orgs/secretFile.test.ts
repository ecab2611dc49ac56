import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config';
import { checkSecretFolder, fileFault, readSecretFile, readSettingsFile } from '../../src/orgs/secretFile';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';
import { belongingToAnother } from '../../dev/lab/anotherUser';

const USER = 1_000;
const facts = (uid: number, mode: number) => ({
  uid,
  mode,
  size: 10,
  isFile: () => true,
  isDirectory: () => false,
  isFIFO: () => false,
});

describe('A file of a secret', () => {
  const folder = temporaryFolder();
  const path = (...names: string[]) => join(folder.path, ...names);
  const write = (name: string, content = 'secret', mode = 0o600) => {
    writeFileSync(path(name), content);
    chmodSync(path(name), mode);
    return path(name);
  };

  for (const [whose, uid, modes, refused] of [
    ['of its own user', USER, [0o600, 0o400], [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610]],
    ['of root', 0, [0o600, 0o640, 0o440, 0o400], [0o644, 0o444, 0o660, 0o620, 0o650]],
  ] as const) {
    it(`${whose} may have the modes that PostgreSQL takes, and no others`, () => {
      for (const mode of modes)
        assert.equal(fileFault(facts(uid, mode), 'f', USER), undefined, mode.toString(8));
      for (const mode of refused) {
        const fix = uid === 0 ? '640' : '600';
        const words = new RegExp(
          `^can be \\w+ by others \\(mode ${mode.toString(8)}\\); run: chmod ${fix} f$`,
        );
        assert.match(fileFault(facts(uid, mode), 'f', USER) ?? '', words);
      }
    });
  }

  it('of root needs the mode of its own user where root reads it', () => {
    assert.match(fileFault(facts(0, 0o640), 'f', 0) ?? '', /run: chmod 600 f$/);
  });

  it('of another user is refused', async () => {
    const file = write('token');
    await belongingToAnother(file, async (owner) => {
      const words = `belongs to another user \\(uid ${owner}\\), neither .*; run: sudo chown \\d+ ${file}$`;
      assert.throws(() => readSecretFile(file), new RegExp(words));
    });
  });

  it('has at most 64 KiB', () => {
    assert.equal(readSecretFile(write('key', 'k'.repeat(65_536))).length, 65_536);
    assert.throws(() => readSecretFile(write('log', 'l'.repeat(65_537))), {
      message: 'is larger than 64 KiB; keep only the secret in it',
    });
  });

  it('is a file, and nothing that could keep the reader waiting', async () => {
    execFileSync('mkfifo', ['-m', '600', path('fifo')]);
    symlinkSync(path('fifo'), path('link'));
    mkdirSync(path('folder'));
    const server = createServer().listen(path('socket'));
    await once(server, 'listening');
    try {
      for (const name of ['fifo', 'link'])
        assert.throws(() => readSecretFile(path(name)), /is a FIFO, not a file$/);
      assert.throws(() => readSecretFile(path('folder')), /is a directory, not a file$/);
      for (const device of [path('socket'), '/dev/zero'])
        assert.throws(() => readSecretFile(device), /is a device or socket, not a file$/);
    } finally {
      server.close();
    }
  });

  it('is found through the links of a secret that Kubernetes mounts', () => {
    mkdirSync(path('..2026_11_27'));
    writeFileSync(path('..2026_11_27', 'token'), 'secret', { mode: 0o400 });
    symlinkSync('..2026_11_27', path('..data'));
    symlinkSync(join('..data', 'token'), path('token'));
    chmodSync(folder.path, 0o1777);
    checkSecretFolder(folder.path);
    assert.equal(readSecretFile(path('token')), 'secret');
  });

  it('is refused in words where a variable points to it', () => {
    const file = write('password', 'the-secret-itself', 0o644);
    assert.throws(
      () => loadConfig({ OKTA_DOMAIN: 'acme.okta.com', OKTA_API_TOKEN: 't', NEO4J_PASSWORD_FILE: file }),
      (error) => {
        assert.ok(error instanceof ConfigError, String(error));
        const fault = `NEO4J_PASSWORD_FILE points to ${file}, which can be read by others (mode 644); run: chmod 600 ${file}`;
        assert.deepEqual(error.faults, [fault]);
        return true;
      },
    );
  });
});

describe('A file of settings', () => {
  const folder = temporaryFolder();
  const write = (content: string, mode: number) => {
    const file = join(folder.path, 'settings');
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  };

  it('may be read by others', () => {
    assert.equal(readSettingsFile(write('A=1', 0o644)), 'A=1');
  });

  it('is refused where others can write to it, with the command that takes no more than that from them', () => {
    for (const mode of [0o664, 0o646, 0o666]) {
      const file = write('A=1', mode);
      assert.throws(() => readSettingsFile(file), {
        message: `can be changed by others (mode ${mode.toString(8)}); run: chmod go-w ${file}`,
      });
    }
  });

  it('is refused where it is too large, with what belongs in it', () => {
    assert.throws(() => readSettingsFile(write('#'.repeat(65_537), 0o600)), {
      message: 'is larger than 64 KiB; keep only settings in it, such as NAME=value',
    });
  });
});

describe('A folder of secrets', () => {
  const folder = temporaryFolder();

  for (const mode of [0o770, 0o707, 0o777, 0o720]) {
    it(`is refused where others may write: ${mode.toString(8)}`, () => {
      chmodSync(folder.path, mode);
      const words = `can be written by others (mode ${mode.toString(8)}); run: chmod go-w ${folder.path}`;
      assert.throws(() => checkSecretFolder(folder.path), { message: words });
    });
  }

  for (const mode of [0o700, 0o500, 0o755, 0o1777]) {
    it(`is taken where others may not touch what is in it: ${mode.toString(8)}`, () => {
      chmodSync(folder.path, mode);
      checkSecretFolder(folder.path);
    });
  }

  it('is refused where it belongs to another user, or is no folder', async () => {
    await belongingToAnother(folder.path, async () => {
      assert.throws(() => checkSecretFolder(folder.path), /belongs to another user/);
    });
    assert.throws(() => checkSecretFolder(__filename), /is not a directory$/);
  });
});
