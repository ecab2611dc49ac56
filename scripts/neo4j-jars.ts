import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchJars, JAR_LIST } from '../src/local/neo4jJars';

/**
 * Writes the SHA-256 of every jar of Neo4j that Maven fetches now. Whoever commits the list vouches for it: look at what
 * changed, and run it with an empty Maven cache, so that Maven checks each jar against its repository's checksum.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'okta-graph-jars-'));
  try {
    await writeFile(JAR_LIST, await fetchJars(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main();
