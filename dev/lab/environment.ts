import { randomUUID } from 'node:crypto';
import { neo4j, temporal } from './servers/services';

/**
 * The settings of a worker that syncs an org's users, groups and memberships alone, by default of one that nothing is
 * asked of.
 */
export function orgVariables(org = { domain: 'acme.okta.com', token: 'none' }) {
  return {
    OKTA_DOMAIN: org.domain,
    OKTA_API_TOKEN: org.token,
    OKTA_MAX_API_CAPACITY: '100',
    SYNC_ACCESS: 'none',
  };
}

/** The settings for a Neo4j that was started here. */
export function neo4jVariables(server: { uri: string; username: string; password: string }) {
  return { NEO4J_URI: server.uri, NEO4J_USERNAME: server.username, NEO4J_PASSWORD: server.password };
}

/** The settings for a Temporal server that was started here, with a task queue of its own. */
export function temporalVariables({ address }: { address: string }) {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_TASK_QUEUE: `lab-${randomUUID()}` };
}

/** The settings of a worker for an org at the servers of the tests. */
export async function testVariables(org?: { domain: string; token: string }) {
  const [server, graph] = await Promise.all([temporal(), neo4j()]);
  return { ...orgVariables(org), ...temporalVariables(server), ...neo4jVariables(graph) };
}
