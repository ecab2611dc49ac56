import { join } from 'node:path';

/** A version of Neo4j as Maven has it. */
export interface Neo4jRelease {
  version: string;
  /** The version of Neo4j Browser. */
  browser: string;
  /** The class that starts the server. */
  mainClass: string;
  /**
   * A file with the SHA-256 of each jar, in the format of `sha256sum`. `npm run neo4j-jars` updates it after a version
   * change.
   */
  jarList: string;
}

/** A version of the long-term support line, which runs on Java 17. */
export const NEO4J_VERSION = '5.26.30';

export const NEO4J_LTS: Neo4jRelease = {
  version: NEO4J_VERSION,
  browser: '5.24.0',
  mainClass: 'org.neo4j.server.CommunityEntryPoint',
  jarList: join(__dirname, 'neo4jJars.sha256'),
};

/** The multi-platform image of the same version; also used in docker-compose.yml. */
export const NEO4J_IMAGE = `neo4j:${NEO4J_VERSION}-community@sha256:037cf5756f0135cbfd66b739b6df7c7c4bb100f9ce11602f6f9538e17e02c74d`;
