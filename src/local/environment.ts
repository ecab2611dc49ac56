import { join } from 'node:path';
import type { Environment } from '../config';
import { LOCAL_DIR } from './tools';

/** What is started here instead of being found elsewhere; a part is absent where the environment names another one. */
export interface LocalParts {
  okta?: { domain: string; token: string };
  temporal?: { address: string };
  neo4j?: { uri: string; username: string; password: string };
  /** Where the console keeps orgs that are added there. */
  credentials?: { directory: string };
}

/**
 * Which parts an environment leaves to `npm start`. A variable that is set to nothing counts as not set. Once an own org
 * has been added in the console, none is simulated.
 */
export function partsToStart(
  environment: Environment,
  hasAddedOrgs = false,
): Record<keyof LocalParts, boolean> {
  const isMissing = (name: string) => !environment[name]?.trim();
  return {
    okta: isMissing('OKTA_DOMAIN') && isMissing('OKTA_CREDENTIALS_DIR') && !hasAddedOrgs,
    temporal: isMissing('TEMPORAL_ADDRESS'),
    neo4j: isMissing('NEO4J_URI'),
    credentials: isMissing('OKTA_CREDENTIALS_DIR'),
  };
}

/** The variables that point at the local parts; undefined takes away what belongs to another service of that kind. */
export function variablesOf({ okta, temporal, neo4j, credentials }: LocalParts): Environment {
  return {
    ...(okta && {
      OKTA_DOMAIN: okta.domain,
      OKTA_API_TOKEN: okta.token,
      OKTA_API_TOKEN_FILE: undefined,
      OKTA_CLIENT_ID: undefined,
      OKTA_PRIVATE_KEY: undefined,
      OKTA_PRIVATE_KEY_FILE: undefined,
      OKTA_CREDENTIALS_DIR: undefined,
    }),
    ...(credentials && { OKTA_CREDENTIALS_DIR: credentials.directory }),
    ...(temporal && {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      // A file that is not there: a profile in the user's own may hold the keys of another server.
      TEMPORAL_CONFIG_FILE: join(LOCAL_DIR, 'temporal', 'profiles.toml'),
      TEMPORAL_PROFILE: undefined,
      TEMPORAL_API_KEY: undefined,
      TEMPORAL_API_KEY_FILE: undefined,
      TEMPORAL_TLS: 'false',
    }),
    ...(neo4j && {
      NEO4J_URI: neo4j.uri,
      NEO4J_USERNAME: neo4j.username,
      NEO4J_PASSWORD: neo4j.password,
      NEO4J_PASSWORD_FILE: undefined,
      NEO4J_DATABASE: undefined,
    }),
  };
}

/** Lines of `NAME=value`, as a shell or `.env` takes them. */
export function environmentFile(variables: Environment): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value ?? ''}\n`)
    .join('');
}
