import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmdirSync, rmSync, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Explained } from '../faults/explained';
import { printable } from '../text/printable';
import { UsageError } from '../text/usageError';
import { TABLE_NAMES } from './tables';

/** Writes the next part of a file. */
export type Write = (data: string | Uint8Array) => Promise<void>;

/** Length from which text is written, in characters: a write for each line would take far longer. */
const PIECE = 1_048_576;

/** Writes the lines of pages in pieces, so that no text is longer than a piece and one line. */
export async function writeLines(write: Write, pages: AsyncIterable<Iterable<string>>): Promise<void> {
  let piece = '';
  for await (const page of pages)
    for (const line of page) {
      piece += line;
      if (piece.length < PIECE) continue;
      await write(piece);
      piece = '';
    }
  if (piece !== '') await write(piece);
}

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
 * @throws UsageError if there is something with that name that may not be replaced, or the path cannot exist.
 * @throws Explained if it cannot be written.
 */
export async function writeWholeFile(
  path: string,
  replaces: boolean,
  work: (write: Write) => Promise<void>,
): Promise<void> {
  const check = async () => {
    const { kind, called } = await existing(path);
    if (kind === 'folder' || kind === 'other')
      throw new UsageError(`${printable(path)} is ${called}. Specify a file, or - for stdout, with --out.`);
    if (path.endsWith('/'))
      throw new UsageError(`${printable(path)} names a directory. Specify a file with --out.`);
    if (kind === 'file' && !replaces) throw alreadyExists(path);
  };
  await explaining(path, async () => {
    await check();
    await completed(dirname(path), async (partial) => {
      await writeFile(partial, work);
      await check();
      renameSync(partial, path);
    });
  });
}

/**
 * Writes a folder of files that only this user can read, as {@link writeWholeFile} does with a file. An existing folder
 * is kept and filled: it can be the current directory, or where a disk is mounted.
 *
 * @param replaces allows an existing export to be replaced, and nothing else.
 */
export async function writeWholeFolder(
  path: string,
  replaces: boolean,
  work: (folder: Folder) => Promise<void>,
): Promise<void> {
  /** Returns true if there is a folder, to be filled. */
  const check = async (partial = '') => {
    const { kind, called } = await existing(path);
    if (kind === 'nothing') return false;
    if (kind !== 'folder')
      throw new UsageError(`${printable(path)} is ${called}. Specify a directory with --out.`);
    const names = (await readdir(path)).filter((name) => name !== basename(partial));
    if (names.length === 0) return true;
    const other = await otherThanExport(path, names);
    if (other !== undefined)
      throw new UsageError(
        `${printable(path)} has ${printable(other)}, which is not part of an export. Move it, or specify another directory with --out.`,
      );
    if (!replaces) throw alreadyExists(path);
    return true;
  };
  await explaining(path, async () => {
    const isFolder = await check();
    await completed(isFolder ? path : dirname(path), async (partial) => {
      await mkdir(partial, { mode: 0o700 });
      await work({ file: (name, write) => writeFile(join(partial, name), write) });
      if ((await check(partial)) && !isFolder) throw alreadyExists(path);
      if (isFolder) fill(path, partial);
      else renameSync(partial, path);
    });
  });
}

/**
 * Moves the files of a complete export to their folder, in place of earlier ones. The text by which an export is
 * recognized is removed first and added last. It MUST be synchronous, so that no signal ends the process meanwhile.
 */
function fill(path: string, partial: string): void {
  const names = new Set(readdirSync(partial));
  rmSync(join(path, README), { force: true });
  for (const name of readdirSync(path)) if (FILES.has(name) && !names.has(name)) rmSync(join(path, name));
  for (const name of names) if (name !== README) renameSync(join(partial, name), join(path, name));
  renameSync(join(partial, README), join(path, README));
  rmdirSync(partial);
}

/**
 * Calls `work` with a temporary path in a folder, which does not exist afterwards, not even if the process exits
 * meanwhile; no name is too long for it.
 */
async function completed(folder: string, work: (partial: string) => Promise<void>): Promise<void> {
  const partial = join(folder, `okta-graph-${randomUUID().slice(0, 8)}.partial`);
  // Retries, since a file may just be being added.
  const remove = () => rmSync(partial, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', remove);
  try {
    await work(partial);
  } catch (error) {
    // What keeps it from being removed, such as a path that leads through a file, is what `error` says too.
    try {
      remove();
    } catch {}
    if (existsSync(partial))
      throw new Explained(
        `The export failed, and ${printable(partial)} could not be removed. Delete it, since it contains personal data.`,
      );
    throw error;
  } finally {
    process.off('exit', remove);
  }
}

async function explaining(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
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

type Kind = 'nothing' | 'file' | 'folder' | 'other';

/** Returns what a path leads to, and what to call it. */
async function existing(path: string): Promise<{ kind: Kind; called: string }> {
  if (path === '') throw new UsageError('The path is empty. Specify one with --out.');
  const own = await unlessMissing(lstat(path));
  if (!own) return { kind: 'nothing', called: 'nothing' };
  if (!own.isSymbolicLink()) return described(own);
  // A process's own output, as /dev/stdout, is no file to be replaced, whatever it leads to.
  if ((await readlink(path)).startsWith('/proc/')) return { kind: 'other', called: `a link to ${OTHER}` };
  const target = await unlessMissing(stat(path));
  if (!target) return { kind: 'file', called: 'a link that leads nowhere' };
  const { kind, called } = described(target);
  return { kind, called: `a link to ${called}` };
}

const OTHER = 'a device or a pipe';

function described(stats: Stats): { kind: Kind; called: string } {
  if (stats.isDirectory()) return { kind: 'folder', called: 'a directory' };
  return stats.isFile() ? { kind: 'file', called: 'a file' } : { kind: 'other', called: OTHER };
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Names that the files of an export can have, whatever its format. */
const FILES = new Set([README, ...TABLE_NAMES.flatMap((name) => [`${name}.csv`, `${name}.parquet`])]);

/** Returns one of the names in a folder that is not part of an export. */
async function otherThanExport(path: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (!FILES.has(name) || !(await lstat(join(path, name))).isFile()) return name;
  const readme = await readFile(join(path, README), 'utf8').catch(() => undefined);
  if (readme?.startsWith(SIGNATURE)) return undefined;
  return readme === undefined ? names[0] : README;
}

function alreadyExists(path: string): UsageError {
  return new UsageError(
    `${printable(path)} already exists. Specify another name with --out, or replace it with --force.`,
  );
}

/**
 * Converts an error of the file system to {@link UsageError} if the path is a mistake, otherwise to {@link Explained};
 * returns any other error unchanged.
 */
function explained(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const mistake = MISTAKES[code];
  if (mistake !== undefined)
    return new UsageError(`${printable(path)} cannot be written (${code}). ${mistake}`);
  const why = WHY[code] ?? 'Check its directory and the free space.';
  return new Explained(`${printable(path)} cannot be written (${code}). ${why}`);
}

const MISTAKES: Readonly<Record<string, string>> = {
  ENOENT: 'Create its directory first, or specify another path with --out.',
  ENOTDIR: 'A part of the path is a file, not a directory. Specify another path with --out.',
  ENAMETOOLONG: 'Its name or path is too long. Specify a shorter one with --out.',
  ELOOP: 'A part of the path is a link that leads to itself. Specify another path with --out.',
};

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'Specify a directory that you may write to with --out.',
  EROFS: 'The disk is read-only. Specify a path on another disk with --out.',
  ENOSPC: 'The disk is full. Specify a path on another disk with --out.',
};
