import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { Config } from '../config';
import { GraphDatabase } from '../graph/database';
import { explainNeo4j, explainTemporal, neo4jUnresponsive, temporalUnreachable } from './explain';
import { within } from './within';

const CONNECT_TIMEOUT_MS = 5_000;

/** For Neo4j's first answer: longer than its driver waits for a connection. The driver itself waits for ever. */
const ANSWER_TIMEOUT_MS = 15_000;
/** A server that does not answer does not take part in closing a connection either. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Connects to Temporal; whoever opens it closes `client.connection`.
 *
 * @throws Explained within 5 s when it cannot be reached or refuses.
 */
export async function openTemporal({ temporal }: Config): Promise<Client> {
  try {
    const connection = await Connection.connect(connectionOptions(temporal));
    return new Client({ connection, namespace: temporal.namespace });
  } catch (error) {
    const explained = explainTemporal(error, temporal);
    throw explained === error ? temporalUnreachable(temporal) : explained;
  }
}

/** A client that connects at its first call, and again after an outage; whoever opens it closes `client.connection`. */
export function lazyTemporal({ temporal }: Config): Client {
  const connection = Connection.lazy(connectionOptions(temporal));
  return new Client({ connection, namespace: temporal.namespace });
}

/** Does work that needs Temporal and closes the connection. @throws Explained for faults of the connection. */
export async function withTemporal<T>(config: Config, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await openTemporal(config);
  try {
    return await work(client);
  } catch (error) {
    throw explainTemporal(error, config.temporal);
  } finally {
    await client.connection.close();
  }
}

/**
 * Does work that needs the graph and closes the driver.
 *
 * @param readTimeoutMs how long Neo4j may take over one read; its usual limit by default.
 * @throws Explained for faults of the connection, and at that limit.
 */
export async function withGraph<T>(
  config: Config,
  work: (db: GraphDatabase) => Promise<T>,
  readTimeoutMs?: number,
): Promise<T> {
  const db = GraphDatabase.open(config.neo4j, readTimeoutMs === undefined ? {} : { readTimeoutMs });
  try {
    // Not retried, unlike a read: a server that is down is reported at once, not after the driver has tried for seconds.
    const answered = db.run('RETURN 1').then(() => true);
    if (!(await within(ANSWER_TIMEOUT_MS, answered)))
      throw neo4jUnresponsive(config.neo4j, ANSWER_TIMEOUT_MS);
    return await work(db);
  } catch (error) {
    throw explainNeo4j(error, config.neo4j);
  } finally {
    await within(CLOSE_TIMEOUT_MS, db.close());
  }
}

/** What the client shares with the worker's connection; the rest of those options is Core's alone. */
function connectionOptions({ connectionOptions, address }: Config['temporal']): ConnectionOptions {
  const { tls, apiKey, metadata } = connectionOptions();
  return {
    address,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
