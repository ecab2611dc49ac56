import { writeFileSync } from 'node:fs';
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

void main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
