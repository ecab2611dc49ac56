import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeeds } from './command';
import { privateFolder, writePrivateFile } from './privateFiles';

/** Rounds of SHA-256 that Neo4j applies to a password; the file states it, so another number would be understood too. */
const ROUNDS = 1_024;

/**
 * The password of the database in `dataDir`. Neo4j takes one at the first start only, so the one of that time is
 * kept, readable by its owner alone; `wanted` counts only then. Default: a random one.
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
 * Sets the password of a database that was never started. Writes the file that `neo4j-admin dbms set-initial-password`
 * writes, a salted hash: that command takes the password as an argument, where every user of the machine could read it.
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
