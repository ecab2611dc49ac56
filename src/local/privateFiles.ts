import { chmod, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from './setupError';

/** Permissions of the group and of others. */
const OTHERS = 0o077;

/**
 * Creates a folder that only this user may enter (mode 0700), and those above it. One that exists is made so.
 *
 * @throws SetupError when it belongs to another user.
 */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await restrict(path);
}

/** Replaces the content of a file that only this user may read (mode 0600), whatever its mode was before. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/**
 * Takes the permissions of the group and of others from a folder and everything in it. Symbolic links are not followed.
 *
 * @throws SetupError when something in it belongs to another user.
 */
export async function makePrivate(path: string): Promise<void> {
  const isFolder = await restrict(path);
  for (const name of isFolder ? await readdir(path).catch(ifMissing) : [])
    await makePrivate(join(path, name));
}

/** Runs what starts a process, which then creates files and folders for this user alone. It MUST start it at once. */
export function withPrivateUmask<T>(start: () => T): T {
  const before = process.umask(OTHERS);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

/** Restricts one entry; returns true if it is a folder. A running server may delete files meanwhile. */
async function restrict(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(ifMissing);
  if (!('uid' in stats) || stats.isSymbolicLink()) return false;
  const user = process.getuid?.() ?? stats.uid;
  if (stats.uid !== user) {
    throw new SetupError(
      `${path} belongs to another user (uid ${stats.uid}), who could read or change what is kept there. ` +
        `Run: sudo chown -R ${user} ${path}, or delete it.`,
    );
  }
  if ((stats.mode & OTHERS) !== 0) await chmod(path, stats.mode & ~OTHERS & 0o777).catch(ifMissing);
  return stats.isDirectory();
}

function ifMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
