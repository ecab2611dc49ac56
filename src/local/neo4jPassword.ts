import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeeds } from './command';
import { privateFolder, writePrivateFile } from './privateFiles';

/** Number of SHA-256 rounds, as used by Neo4j for passwords. The file contains it, so other numbers would work too. */
const ROUNDS = 1_024;

/**
 * Returns the password of the database in `dataDir`. Neo4j accepts an initial password only at the first start, so
 * `wanted` is stored then, readable only by its owner, and ignored later. Default: a random password.
 */
export async function neo4jPassword(
  dataDir: string,
  wanted = randomBytes(12).toString('hex'),
): Promise<string> {
  const file = join(dataDir, 'password');
  await privateFolder(dataDir);
  try {
    await writeFile(file, wanted, { mode: 0o600, flag: 'wx' });
    return wanted;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(file, 'utf8');
  }
}

/**
 * Sets the password of a database that was never started. Writes a salted hash to the same file as
 * `neo4j-admin dbms set-initial-password`. That command takes the password as an argument, which every user of the
 * machine could read.
 */
export async function setInitialPassword(dataDir: string, password: string): Promise<void> {
  const folder = join(dataDir, 'data', 'dbms');
  const file = join(folder, 'auth.ini');
  if (await succeeds(stat(file))) return;
  const salt = randomBytes(32);
  let hash = sha256(Buffer.concat([salt, Buffer.from(password)]));
  for (let round = 1; round < ROUNDS; round += 1) hash = sha256(hash);
  await privateFolder(folder);
  const credential = ['SHA-256', hash.toString('hex'), salt.toString('hex'), ROUNDS].join(',');
  await writePrivateFile(file, `neo4j:${credential}:\n`);
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
