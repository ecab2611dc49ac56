import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { Config } from '../config';
import { GraphDatabase } from '../graph/database';
import { explainNeo4j, explainTemporal, neo4jUnresponsive, temporalUnreachable } from './explain';
import { within } from './within';

const CONNECT_TIMEOUT_MS = 5_000;

/** Timeout of Neo4j's first response; longer than the driver's connection timeout. The driver itself would wait forever. */
const RESPONSE_TIMEOUT_MS = 15_000;
/** Timeout of closing the driver, which needs a response from the server too. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Connects to Temporal. The caller closes `client.connection`.
 *
 * @throws Explained within 5 s if Temporal cannot be reached or denies access.
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

/** Returns a client that connects at its first call and reconnects after an outage. The caller closes `client.connection`. */
export function lazyTemporal({ temporal }: Config): Client {
  const connection = Connection.lazy(connectionOptions(temporal));
  return new Client({ connection, namespace: temporal.namespace });
}

/** Runs `work` with a Temporal client and closes the connection afterwards. @throws Explained if the connection fails. */
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
 * Runs `work` with the graph and closes the driver afterwards.
 *
 * @param readTimeoutMs time limit of each read, in milliseconds; by default that of {@link GraphDatabase}.
 * @throws Explained if the connection fails, or a read exceeds the time limit.
 */
export async function withGraph<T>(
  config: Config,
  work: (db: GraphDatabase) => Promise<T>,
  readTimeoutMs?: number,
): Promise<T> {
  const db = GraphDatabase.open(config.neo4j, readTimeoutMs === undefined ? {} : { readTimeoutMs });
  try {
    // Unlike a read, this is not retried, so that a server that is down is reported without delay.
    const responded = db.run('RETURN 1').then(() => true);
    if (!(await within(RESPONSE_TIMEOUT_MS, responded)))
      throw neo4jUnresponsive(config.neo4j, RESPONSE_TIMEOUT_MS);
    return await work(db);
  } catch (error) {
    throw explainNeo4j(error, config.neo4j);
  } finally {
    await within(CLOSE_TIMEOUT_MS, db.close());
  }
}

/** Options that the client and the worker's connection have in common; the others apply to the worker only. */
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
