import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Explained } from '../connections/explain';
import { printable } from '../text/printable';
import { UsageError } from '../text/usageError';
import { TABLE_NAMES } from './tables';

/** Writes the next part of a file. */
export type Write = (data: string | Uint8Array) => Promise<void>;

/** A folder that is being written. */
export interface Folder {
  /** Writes one file. */
  file(name: string, work: (write: Write) => Promise<void>): Promise<void>;
}

/** Name of the text that explains an exported folder. */
export const README = 'README.txt';

/** Beginning of that text, by which a folder is recognized as an export. */
export const SIGNATURE = 'okta-graph export';

/**
 * Writes a file that only this user can read (mode 0600). It has a temporary name until it is complete, and is removed
 * if it does not become so.
 *
 * @param replaces allows an existing file to be replaced.
 * @throws UsageError if there is something with that name that may not be replaced.
 * @throws Explained if it cannot be written.
 */
export async function writeWholeFile(
  path: string,
  replaces: boolean,
  work: (write: Write) => Promise<void>,
): Promise<void> {
  const check = async () => {
    const found = await existing(path);
    if (found === 'folder')
      throw new UsageError(`${printable(path)} is a directory. Specify a file with --out.`);
    if (found === 'file' && !replaces) throw alreadyExists(path);
  };
  await completed(path, check, async (partial) => {
    await writeFile(partial, work);
    await check();
    await rename(partial, path);
  });
}

/**
 * Writes a folder of files that only this user can read, as {@link writeWholeFile} does with a file.
 *
 * @param replaces allows an existing export to be replaced, and nothing else.
 */
export async function writeWholeFolder(
  path: string,
  replaces: boolean,
  work: (folder: Folder) => Promise<void>,
): Promise<void> {
  const check = async () => {
    const found = await existing(path);
    if (found === 'file')
      throw new UsageError(`${printable(path)} is a file. Specify a directory with --out.`);
    if (found !== 'folder') return;
    const other = await otherThanExport(path);
    if (other !== undefined)
      throw new UsageError(
        `${printable(path)} has ${printable(other)}, which is not part of an export. Move it, or specify another directory with --out.`,
      );
    if (!replaces && (await readdir(path)).length > 0) throw alreadyExists(path);
  };
  await completed(path, check, async (partial) => {
    await mkdir(partial, { mode: 0o700 });
    await work({ file: (name, write) => writeFile(join(partial, name), write) });
    await check();
    const old = `${partial}.old`;
    const isOld = (await existing(path)) === 'folder';
    if (isOld) await rename(path, old);
    try {
      await rename(partial, path);
    } catch (error) {
      if (isOld) await rename(old, path);
      throw error;
    }
    if (isOld) await rm(old, { recursive: true });
  });
}

/** Checks a path, then writes to a temporary one, which does not exist afterwards. */
async function completed(
  path: string,
  check: () => Promise<void>,
  work: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = `${path.replace(/\/+$/, '')}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await check();
    await work(partial);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw explained(path, error);
  }
}

async function writeFile(path: string, work: (write: Write) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await work(async (data) => {
      await file.writeFile(data);
    });
    await file.sync();
  } finally {
    await file.close();
  }
}

async function existing(path: string): Promise<'nothing' | 'file' | 'folder'> {
  const stats = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!stats) return 'nothing';
  return stats.isDirectory() ? 'folder' : 'file';
}

/** Names that the files of an export can have, whatever its format. */
const FILES = new Set([README, ...TABLE_NAMES.flatMap((name) => [`${name}.csv`, `${name}.parquet`])]);

/** Returns the name of something in a folder that is not part of an export. */
async function otherThanExport(path: string): Promise<string | undefined> {
  const found = await readdir(path, { withFileTypes: true });
  const other = found.find((entry) => !entry.isFile() || !FILES.has(entry.name));
  if (other || found.length === 0) return other?.name;
  const readme = await readFile(join(path, README), 'utf8').catch(() => undefined);
  if (readme?.startsWith(SIGNATURE)) return undefined;
  return readme === undefined ? found[0]?.name : README;
}

function alreadyExists(path: string): UsageError {
  return new UsageError(
    `${printable(path)} already exists. Specify another name with --out, or replace it with --force.`,
  );
}

/** Converts an error of the file system to {@link Explained}; returns any other error unchanged. */
function explained(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const why = WHY[code] ?? 'Check its directory and the free space.';
  return new Explained(`${printable(path)} cannot be written (${code}). ${why}`);
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'Create its directory first, or specify another path with --out.',
  EACCES: 'Specify a directory that you may write to with --out.',
  ENOSPC: 'The disk is full. Specify a path on another disk with --out.',
};
