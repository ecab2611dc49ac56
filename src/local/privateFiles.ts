import { chmod, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from './setupError';

/** Permissions of the group and others. */
const GROUP_AND_OTHERS = 0o077;

/**
 * Creates a folder and its parents with mode 0700, so that only this user can open them. An existing folder is
 * restricted.
 *
 * @throws SetupError if the folder cannot be created or belongs to another user.
 */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch(({ code }: NodeJS.ErrnoException) => {
    throw new SetupError(
      code === 'EEXIST' || code === 'ENOTDIR'
        ? `The directory ${path} cannot be created, because a file has its name or that of a directory above it. Rename that file.`
        : `The directory ${path} cannot be created (${code}). Run the command in a directory that you may write to.`,
    );
  });
  await restrict(path);
}

/**
 * Writes a file with mode 0600, so that only this user can read it, even if it existed with another mode. It is replaced
 * in one step, so nobody finds half of it.
 *
 * @throws SetupError if it cannot be written.
 */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, content, { mode: 0o600 });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new SetupError(
      code === 'EISDIR'
        ? `The file ${path} cannot be written, because a directory has its name. Rename or delete that directory.`
        : `The file ${path} cannot be written (${code}). Check the permissions of its directory and the free space.`,
    );
  }
}

/**
 * Removes the permissions of the group and others from a folder and everything in it. Symbolic links are not followed.
 *
 * @throws SetupError if something in it belongs to another user.
 */
export async function makePrivate(path: string): Promise<void> {
  const isFolder = await restrict(path);
  for (const name of isFolder ? await readdir(path).catch(ifMissing) : [])
    await makePrivate(join(path, name));
}

/** Calls `start` with a umask for files that only this user can read. It MUST start its process synchronously. */
export function withPrivateUmask<T>(start: () => T): T {
  const before = process.umask(GROUP_AND_OTHERS);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

/** Restricts one entry. Returns true if it is a folder. Ignores files that a running server deletes. */
async function restrict(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(ifMissing);
  if (!('uid' in stats) || stats.isSymbolicLink()) return false;
  const user = process.getuid?.() ?? stats.uid;
  if (stats.uid !== user) {
    throw new SetupError(
      `${path} belongs to another user (uid ${stats.uid}), who could read or change its content. ` +
        `Run \`sudo chown -R ${user} ${path}\`, or delete it.`,
    );
  }
  if ((stats.mode & GROUP_AND_OTHERS) !== 0)
    await chmod(path, stats.mode & ~GROUP_AND_OTHERS & 0o777).catch(ifMissing);
  return stats.isDirectory();
}

function ifMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
