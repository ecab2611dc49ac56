import { randomUUID } from 'node:crypto';
import type { Environment } from '../../../src/config';
import { neo4j, temporal } from './services';

/** The settings of a worker at the servers of the tests, with a task queue of its own. */
export async function serverEnvironment(): Promise<Environment & { TEMPORAL_ADDRESS: string }> {
  const [{ address }, graph] = await Promise.all([temporal(), neo4j()]);
  return {
    OKTA_MAX_API_CAPACITY: '100',
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TASK_QUEUE: `test-${randomUUID()}`,
    NEO4J_URI: graph.uri,
    NEO4J_USERNAME: graph.username,
    NEO4J_PASSWORD: graph.password,
  };
}
