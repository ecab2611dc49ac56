import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The password of the database in `dataDir`. Neo4j takes one at the first start only, so the one of that time is
 * kept, readable by its owner alone; `wanted` counts only then. Default: a random one, in hex, since what sets it would
 * take a leading dash for an option.
 */
export async function neo4jPassword(
  dataDir: string,
  wanted = randomBytes(12).toString('hex'),
): Promise<string> {
  const file = join(dataDir, 'password');
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(file, wanted, { mode: 0o600, flag: 'wx' });
    return wanted;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(file, 'utf8');
  }
}
