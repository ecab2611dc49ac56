import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEWEST_NEO4J } from '../dev/lab/servers/newestNeo4j';
import { fetchJars } from '../src/local/neo4jJars';
import { NEO4J_LTS } from '../src/local/neo4jVersion';

/**
 * Writes the SHA-256 of every jar of Neo4j that Maven fetches now. Whoever commits the list vouches for it: look at what
 * changed, and run it with an empty Maven cache, so that Maven checks each jar against its repository's checksum.
 */
async function main(): Promise<void> {
  for (const release of [NEO4J_LTS, NEWEST_NEO4J]) {
    const folder = await mkdtemp(join(tmpdir(), 'okta-graph-jars-'));
    try {
      await writeFile(release.jarList, await fetchJars(folder, release));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

void main();
