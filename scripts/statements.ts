import { writeFileSync } from 'node:fs';
import { exitAfter } from '../dev/lab/exitAfter';
import { statementsOfSync } from '../dev/lab/graph/statements';
import { mochaGlobalTeardown as stopServers } from '../dev/lab/servers/services';

/** Writes the statements that a sync sends; a test compares them with those that it does send. */
async function main(): Promise<void> {
  try {
    writeFileSync('docs/architecture/statements.cypher', await statementsOfSync());
  } finally {
    await stopServers();
  }
}

exitAfter(main);
