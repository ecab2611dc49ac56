import { join } from 'node:path';
import type { Environment } from '../config';
import { ACCESS_KINDS } from '../contract';
import { STACK_VARIABLE } from '../config/localStack';
import { LOCAL_DIR } from './tools';

/** Services that are started locally. A part is absent if the environment configures a remote one. */
export interface LocalParts {
  okta?: { domain: string; token: string };
  temporal?: { address: string };
  neo4j?: { uri: string; username: string; password: string };
  /** Where the console stores the credentials of added orgs. */
  credentials?: { directory: string };
  /** What is synced of the simulated org in addition to users, groups and memberships, as `SYNC_ACCESS` names it. */
  access?: string;
  /** How often the log of the simulated org is polled, as `WATCH_INTERVAL` names it. */
  watch?: string;
}

/** All kinds, since the credentials of the simulated org may read everything. */
export const SIMULATED_ACCESS = ACCESS_KINDS.join(',');

/** The shortest interval, since nobody else uses the rate limit of the simulated org. */
export const SIMULATED_WATCH = '10s';

/**
 * Returns the parts that `okta-graph start` has to start. An empty variable counts as not set. If an org was added in the
 * console, no org is simulated.
 */
export function partsToStart(
  environment: Environment,
  hasAddedOrgs = false,
): Record<keyof LocalParts, boolean> {
  const isMissing = (name: string) => !environment[name]?.trim();
  const okta = isMissing('OKTA_DOMAIN') && isMissing('OKTA_CREDENTIALS_DIR') && !hasAddedOrgs;
  return {
    okta,
    temporal: isMissing('TEMPORAL_ADDRESS'),
    neo4j: isMissing('NEO4J_URI'),
    credentials: isMissing('OKTA_CREDENTIALS_DIR'),
    access: okta && isMissing('SYNC_ACCESS'),
    watch: okta && isMissing('WATCH_INTERVAL'),
  };
}

/** Returns variables that configure the local parts; undefined removes a variable of another service. */
export function variablesOf({ okta, temporal, neo4j, credentials, access, watch }: LocalParts): Environment {
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
    ...(access !== undefined && { SYNC_ACCESS: access }),
    ...(watch !== undefined && { WATCH_INTERVAL: watch }),
    ...(credentials && { OKTA_CREDENTIALS_DIR: credentials.directory }),
    ...(temporal && {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      // A file that does not exist: a profile in the user's own file may contain keys of another server.
      TEMPORAL_CONFIG_FILE: join(LOCAL_DIR, 'temporal', 'profiles.toml'),
      TEMPORAL_PROFILE: undefined,
      TEMPORAL_API_KEY: undefined,
      TEMPORAL_API_KEY_FILE: undefined,
      TEMPORAL_TLS: 'false',
      // A version would get no runs: nobody makes it the current one of this server.
      TEMPORAL_DEPLOYMENT_NAME: undefined,
      TEMPORAL_WORKER_BUILD_ID: undefined,
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

/** Settings of the running stack that commands in another terminal need too: what is synced, watched, labeled and kept. */
const SHARED_SETTINGS = [
  'SYNC_ACCESS',
  'WATCH_INTERVAL',
  'OKTA_LABELS',
  'HISTORY_RETENTION',
  'USER_PROPERTIES',
  'GROUP_PROPERTIES',
  'OMIT_ATTRIBUTES',
  'SYNC_MEMBERS_OF',
] as const;

/** Returns the settings of an environment that commands in another terminal need too. */
export function sharedSettings(environment: Environment): Environment {
  return Object.fromEntries(
    SHARED_SETTINGS.flatMap((name) => (environment[name]?.trim() ? [[name, environment[name]]] : [])),
  );
}

/** Returns lines of `NAME=value` for a shell, an `.env` file and {@link withLocalStack}, which uses them while this process runs. */
export function environmentFile(variables: Environment): string {
  return Object.entries({ [STACK_VARIABLE]: String(process.pid), ...variables })
    .map(([name, value = '']) => `${name}=${/^[\w.:/-]*$/.test(value) ? value : quoted(value)}\n`)
    .join('');
}

/** In single quotes nothing is special, neither to a shell nor in an `.env` file. */
const quoted = (value: string) => (value.includes("'") ? `"${value}"` : `'${value}'`);
