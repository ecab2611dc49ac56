import { join } from 'node:path';
import type { Neo4jRelease } from '../../../src/local/neo4jVersion';

/** The newest version that the tests are run with, in addition to the long-term support one. It needs Java 21. */
export const NEWEST_NEO4J: Neo4jRelease = {
  version: '2026.08.1',
  browser: '5.24.0',
  mainClass: 'org.neo4j.server.Neo4jCommunity',
  jarList: join(__dirname, 'newestNeo4jJars.sha256'),
};
