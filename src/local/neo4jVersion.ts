/** The long-term support line, which runs on Java 17. */
export const NEO4J_VERSION = '5.26.30';

export const NEO4J_BROWSER_VERSION = '5.24.0';
