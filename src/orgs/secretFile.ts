import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';

/** Maximum size of a file, enough for any token or private key; a larger file cannot be one. */
const MAX_BYTES = 64 * 1_024;

/** Rejects a file or directory of secrets; the message follows its name: "is a directory, not a file". */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

/** Permission bits that a file must not have, and the command that removes them. */
interface Permissions {
  forbidden: number;
  fix: string;
}

/** Requirements for a file, and what to do if it does not meet them. */
interface FileRules extends Permissions {
  /** For a file of root that another user reads, if different. */
  ofRoot?: Permissions;
  /** What to do with a file that is too large. */
  shorten: string;
}

const SECRET: FileRules = {
  forbidden: 0o077,
  fix: 'chmod 600',
  ofRoot: { forbidden: 0o037, fix: 'chmod 640' },
  shorten: 'keep only the secret in it',
};

const SETTINGS: FileRules = {
  forbidden: 0o022,
  fix: 'chmod go-w',
  shorten: 'keep only settings in it, such as NAME=value',
};

type Facts = Pick<Stats, 'mode' | 'uid' | 'size' | 'isFile' | 'isDirectory' | 'isFIFO'>;

/**
 * Reads a file that contains a secret. It MUST be a regular file of at most 64 KiB that belongs to this user with mode
 * 0600 or stricter, or to root with 0640 or stricter, as PostgreSQL requires and Kubernetes can mount it. Symbolic
 * links are followed: the file they point to counts.
 *
 * @throws SecretFileError if it is rejected; the system's error if it cannot be read.
 */
export function readSecretFile(path: string): string {
  return readChecked(path, SECRET);
}

/**
 * Reads a file of settings, which others may read but not change: a regular file of at most 64 KiB that belongs to this
 * user or to root. Anybody who could write to it could choose where credentials are sent.
 *
 * @throws SecretFileError if it is rejected; the system's error if it cannot be read.
 */
export function readSettingsFile(path: string): string {
  return readChecked(path, SETTINGS);
}

function readChecked(path: string, rules: FileRules): string {
  const faultOf = (facts: Facts) => fileFault(facts, path, process.getuid?.(), rules);
  // Also checked before opening: opening a FIFO or a device can block or have side effects.
  refuse(faultOf(statSync(path)));
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    refuse(faultOf(fstatSync(file)));
    return readAtMost(file, rules);
  } finally {
    closeSync(file);
  }
}

/**
 * Checks a directory of secrets: only this user and root may add or replace files in it. If others may add files but not
 * touch those of another user (the sticky bit, as Kubernetes mounts secrets), the files' owners are checked instead.
 *
 * @throws SecretFileError if it is rejected; the system's error if it cannot be inspected.
 */
export function checkSecretFolder(path: string): void {
  refuse(folderFault(statSync(path), path));
}

/**
 * Returns why a file is rejected; undefined if it is not.
 *
 * @param rules those of a secret by default.
 */
export function fileFault(
  facts: Facts,
  path: string,
  user = process.getuid?.(),
  rules = SECRET,
): string | undefined {
  if (!facts.isFile()) {
    return `is ${facts.isDirectory() ? 'a directory' : facts.isFIFO() ? 'a FIFO' : 'a device or socket'}, not a file`;
  }
  const foreign = ownerFault(facts, path, user);
  if (foreign !== undefined) return foreign;
  const isOfRoot = facts.uid === 0 && user !== 0;
  const { forbidden, fix } = (isOfRoot ? rules.ofRoot : undefined) ?? rules;
  const given = facts.mode & forbidden;
  if (given !== 0) {
    const what = (given & 0o044) !== 0 ? 'read' : (given & 0o022) !== 0 ? 'changed' : 'executed';
    return `can be ${what} by others (mode ${modeOf(facts)}); run: ${fix} ${path}`;
  }
  return facts.size > MAX_BYTES ? tooLarge(rules) : undefined;
}

function folderFault(facts: Facts, path: string): string | undefined {
  if (!facts.isDirectory()) return 'is not a directory';
  const foreign = ownerFault(facts, path, process.getuid?.());
  if (foreign !== undefined) return foreign;
  const isSticky = (facts.mode & 0o1000) !== 0;
  if ((facts.mode & 0o022) === 0 || isSticky) return undefined;
  return `can be written by others (mode ${modeOf(facts)}); run: chmod go-w ${path}`;
}

function ownerFault({ uid }: Facts, path: string, user: number | undefined): string | undefined {
  if (user === undefined || uid === user || uid === 0) return undefined;
  return `belongs to another user (uid ${uid}), neither to this one (uid ${user}) nor to root; run: sudo chown ${user} ${path}`;
}

const tooLarge = ({ shorten }: FileRules) => `is larger than 64 KiB; ${shorten}`;

/** Reads a file in parts, since the size of some files is not known before they are read. */
function readAtMost(file: number, rules: FileRules): string {
  const buffer = Buffer.alloc(MAX_BYTES + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read)
    read = readSync(file, buffer, length, buffer.length - length, null);
  if (length > MAX_BYTES) throw new SecretFileError(tooLarge(rules));
  return buffer.toString('utf8', 0, length);
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new SecretFileError(fault);
}

function modeOf({ mode }: Facts): string {
  return (mode & 0o777).toString(8);
}
