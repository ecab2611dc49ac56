import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { lazyTemporal } from '../connections/connect';
import type { Config } from '../config';
import { GraphDatabase } from '../graph/database';
import { ensureExploreIndexes } from '../graph/schema/exploreIndexes';
import { ensureTokenKey } from '../graph/schema/tokenKey';
import { removeLeftovers } from '../orgs/credentialStore';
import { createApp } from './app';
import type { CheckOrgs } from './env';
import { namesOf, type Names } from './safety/hosts';
import { consoleUrl, type ConsoleSettings } from './settings';

/** A running console. */
export interface RunningConsole {
  /** The URL to open in a browser. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the console. Temporal and Neo4j may still be unavailable; pages then show an error.
 *
 * @throws Error if it cannot listen, for example because the port is in use.
 */
export async function startConsole(
  config: Config,
  settings: ConsoleSettings,
  checkOkta: CheckOrgs,
  log: (line: string) => void,
): Promise<RunningConsole> {
  const db = GraphDatabase.open(config.neo4j, { readTimeoutMs: settings.readTimeoutMs });
  const client = lazyTemporal(config);
  let names = NOWHERE;
  const app = createApp({ config, settings, client, db, checkOkta }, () => names);
  const server = createAdaptorServer({ fetch: app.fetch });
  const release = async () => {
    await db.close();
    await client.connection.close();
  };
  try {
    server.listen(settings.port, settings.address);
    await once(server, 'listening');
  } catch (error) {
    await release();
    throw error;
  }
  const { credentialsDirectory } = config.okta;
  if (credentialsDirectory !== undefined && !settings.isReadOnly) {
    await removeLeftovers(credentialsDirectory).catch((error: Error) =>
      log(`Leftover files in OKTA_CREDENTIALS_DIR could not be removed: ${error.message}`),
    );
  }
  const { port } = server.address() as AddressInfo;
  names = namesOf(settings, port);
  const prepare = async () => {
    if (settings.isReadOnly) return;
    await ensureTokenKey(db);
    await ensureExploreIndexes(db);
  };
  const indexes = prepare().catch((error: Error) =>
    log(`The console's indexes could not be created: ${error.message}`),
  );
  return {
    url: consoleUrl({ ...settings, port }),
    async close() {
      server.close();
      // Live pages keep their connections open.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await indexes;
      await release();
    },
  };
}

const NOWHERE: Names = { hosts: new Set(), origins: new Set() };
