import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';

/** Room for any token or private key; what is larger is some other file. */
const MAX_BYTES = 64 * 1_024;

/** A file or folder of secrets that is not used, for a reason that follows its name: "is a folder, not a file". */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

/** Permissions that a file must not give, and the command that takes them away. */
interface Permissions {
  forbidden: number;
  fix: string;
}

/** Requirements for a file, and what to do where it does not meet them. */
interface FileRules extends Permissions {
  /** For a file of root that another user reads, where they differ. */
  ofRoot?: Permissions;
  /** What to do with a file that is too large. */
  shorten: string;
}

const SECRET: FileRules = {
  forbidden: 0o077,
  fix: 'chmod 600',
  ofRoot: { forbidden: 0o037, fix: 'chmod 640' },
  shorten: 'keep nothing but the secret in it',
};

const SETTINGS: FileRules = {
  forbidden: 0o022,
  fix: 'chmod go-w',
  shorten: 'keep nothing but settings in it, such as NAME=value',
};

type Facts = Pick<Stats, 'mode' | 'uid' | 'size' | 'isFile' | 'isDirectory' | 'isFIFO'>;

/**
 * Reads a file that holds a secret. It MUST be a regular file of at most 64 KiB; of this user with mode 0600 or less, or
 * of root with 0640 or less, as PostgreSQL has it and Kubernetes can mount it. Symbolic links are followed: what counts is
 * the file that they lead to.
 *
 * @throws SecretFileError when it is refused; the system's error when it cannot be read.
 */
export function readSecretFile(path: string): string {
  return readChecked(path, SECRET);
}

/**
 * Reads a file of settings, which others may read but not change: a regular file of at most 64 KiB, of this user or of
 * root. Whoever could write there could choose where credentials go.
 *
 * @throws SecretFileError when it is refused; the system's error when it cannot be read.
 */
export function readSettingsFile(path: string): string {
  return readChecked(path, SETTINGS);
}

function readChecked(path: string, rules: FileRules): string {
  const faultOf = (facts: Facts) => fileFault(facts, path, process.getuid?.(), rules);
  // Before it is opened, too: to open a FIFO or a device can wait, or have an effect.
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
 * Checks a folder of secrets: nobody but this user and root may add or replace files in it. Where others may add files but
 * not touch those of another user (the sticky bit, as Kubernetes mounts secrets), the files' owners decide.
 *
 * @throws SecretFileError when it is refused; the system's error when it cannot be looked at.
 */
export function checkSecretFolder(path: string): void {
  refuse(folderFault(statSync(path), path));
}

/**
 * Why a file is refused; undefined when it is not.
 *
 * @param rules by default those of a secret.
 */
export function fileFault(
  facts: Facts,
  path: string,
  user = process.getuid?.(),
  rules = SECRET,
): string | undefined {
  if (!facts.isFile()) {
    return `is ${facts.isDirectory() ? 'a folder' : facts.isFIFO() ? 'a FIFO' : 'a device or socket'}, not a file`;
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
  if (!facts.isDirectory()) return 'is not a folder';
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

/** The size of some files is not known before they are read. */
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
