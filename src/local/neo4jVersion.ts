/** A version of the long-term support line, which runs on Java 17. */
export const NEO4J_VERSION = '5.26.30';

/** The multi-platform image of the same version; also used in docker-compose.yml. */
export const NEO4J_IMAGE = `neo4j:${NEO4J_VERSION}-community@sha256:037cf5756f0135cbfd66b739b6df7c7c4bb100f9ce11602f6f9538e17e02c74d`;

export const NEO4J_BROWSER_VERSION = '5.24.0';
