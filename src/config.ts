import { existsSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { LogLevel, NativeConnectionOptions } from '@temporalio/worker';
import type { AccessKind } from './contract';
import { contradictions, type DataRules } from './config/dataRules';
import { notifyWarnings, readNotify, type NotifySettings } from './config/notify';
import { OTLP_PROTOCOL, VARIABLES } from './config/variables';
import type { OrgConfig, OrgsRead } from './orgs/org';
import { readCredentialFiles } from './orgs/credentialFiles';
import { readCredentials } from './orgs/credentials';
import { isLoopback, parseOktaDomain, type OktaDomain } from './orgs/domain';
import { Secret } from './orgs/secret';
import { readSecretFile, readSettingsFile, SecretFileError } from './orgs/secretFile';
import { countOf } from './text/counts';

/** Environment variables by name, as `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An address to listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** An OpenTelemetry collector that takes OTLP over HTTP. */
export interface OtlpTarget {
  /** Without a trailing slash. */
  readonly endpoint: string;
  /** A function, because headers can contain an API key. */
  readonly headers: () => Record<string, string>;
}

export interface Config {
  readonly okta: {
    readonly orgs: readonly OrgConfig[];
    /** Reads the orgs again: a secret in a file may have been rotated, an org added. Never throws. */
    readonly readOrgs: () => OrgsRead;
    /** Directory for adding orgs; absent if only the environment's own org is used. */
    readonly credentialsDirectory?: string;
    /** Percentage of the stated rate limit that a sync may use, 1 to 100. */
    readonly maxApiCapacityPercent: number;
    readonly maxConcurrency: number;
    /** What is read in addition to users, groups and memberships: a service app needs scopes for it. Absent for none. */
    readonly access?: readonly AccessKind[];
    /** True if the System Log is read: a service app needs a scope for it. */
    readonly readsLog?: boolean;
    /**
     * Timeout from sending a request to the last byte of its response, milliseconds; no variable sets it. Default 60 s.
     */
    readonly requestTimeoutMs?: number;
    /** The base of the pauses between attempts of a request, milliseconds; no variable sets it. Default 500 ms. */
    readonly retryPauseMs?: number;
  };
  readonly sync: {
    readonly intervalMs: number;
    /** Time between two polls of the System Log; it is not watched if absent. */
    readonly watchIntervalMs?: number;
    readonly fullEveryMs: number;
    readonly verify: 'spread' | 'daily';
    readonly maxDeletePercent: number;
    /** What is synced in addition to users, groups and memberships. */
    readonly access: readonly AccessKind[];
    /** True if nodes also carry an Okta label, such as `OktaUser`. */
    readonly hasOktaLabels: boolean;
    /** What is kept of what Okta sends. */
    readonly data: DataRules;
    readonly deadlineMs: number;
    /** A `SyncRun` older than this is deleted; 0 keeps all. */
    readonly runRetentionMs: number;
    /** How long the graph's history is kept; 0 keeps none. */
    readonly historyRetentionMs: number;
    /** Minimum time between two denials of an object that confirm its deletion; no variable sets it. Default 30 s. */
    readonly proofGapMs?: number;
  };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    /** A function, because the options can contain an API key or a client key. */
    readonly connectionOptions: () => NativeConnectionOptions;
    /** The version of this worker, if it is deployed with Worker Versioning. */
    readonly version?: { readonly deploymentName: string; readonly buildId: string };
  };
  readonly neo4j: {
    readonly uri: string;
    readonly username: string;
    readonly password: Secret;
    /** Reads the password again if it is in a file; returns undefined while the file cannot be read or is empty. */
    readonly readPassword?: () => Secret | undefined;
    /** The server's default database if absent. */
    readonly database?: string;
  };
  readonly showOktaIntegration: boolean;
  /** Where the end of a run is announced; nowhere if absent. */
  readonly notify?: NotifySettings;
  /** Entries below this level are not logged. */
  readonly logLevel: LogLevel;
  /** No metrics are served if absent. */
  readonly metricsAddress?: ListenAddress;
  /** An OpenTelemetry collector; nothing is sent if absent. */
  readonly otlp?: OtlpTarget;
  /** No health checks are served if absent. */
  readonly healthAddress?: ListenAddress;
  /** Warnings about settings that are allowed but unwise. */
  readonly warnings: readonly string[];
}

/** All errors of a configuration together; `message` is a list for a terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${countOf(faults.length, 'error')}:\n  - ${faults.join('\n  - ')}`);
  }
}

/** Returns the process environment alone. */
export const processEnvironment = (): Environment => process.env;

/**
 * Returns the process environment, with defaults from a file of variables.
 *
 * @param file by default `.env` in the working directory, which need not exist.
 * @throws ConfigError if the file cannot be read.
 */
export function readEnvironment(file?: string): Environment {
  const path = file ?? '.env';
  if (file === undefined && !existsSync(path)) return process.env;
  try {
    return { ...parseEnv(readSettingsFile(path)), ...process.env };
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([
      error instanceof SecretFileError ? `${path} ${message}` : `${path} cannot be read: ${message}`,
    ]);
  }
}

/**
 * Parses an environment; the result is frozen. An invalid value is an error, it never falls back to a default.
 *
 * @param needsOkta false if Okta is not called: orgs without valid credentials are then left out.
 * @throws ConfigError with all errors.
 */
export function loadConfig(environment: Environment, { needsOkta = true } = {}): Config {
  const { orgs, faults: orgFaults } = readOrgs(environment);
  const faults = needsOkta ? [...orgFaults] : [];
  const values = withSecretFiles(environment, SECRET_VARIABLES, faults);
  const parsed = VARIABLES.safeParse(values);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const temporal = temporalConnection(values, faults);
  const version = workerVersion(values, faults);
  // Platforms set the protocol for all programs, also for those that send nothing.
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol } = values;
  if (endpoint !== undefined && protocol !== undefined && protocol !== OTLP_PROTOCOL)
    faults.push(`OTEL_EXPORTER_OTLP_PROTOCOL must be ${OTLP_PROTOCOL}, the only protocol that is supported`);
  const data = parsed.data && dataRulesOf(parsed.data);
  if (data) faults.push(...contradictions(data));
  const report = (fault: string) => void faults.push(fault);
  const notify =
    parsed.data && readNotify({ ...parsed.data, CONSOLE_ORIGIN: values['CONSOLE_ORIGIN'] }, report);
  if (!parsed.success || !data || !temporal || faults.length > 0) throw new ConfigError(faults);
  const env = parsed.data;

  return deepFreeze({
    okta: {
      orgs,
      readOrgs: () => readOrgs(environment),
      ...(env.OKTA_CREDENTIALS_DIR === undefined ? {} : { credentialsDirectory: env.OKTA_CREDENTIALS_DIR }),
      maxApiCapacityPercent: env.OKTA_MAX_API_CAPACITY,
      maxConcurrency: env.OKTA_MAX_CONCURRENCY,
      access: env.SYNC_ACCESS,
      readsLog: env.WATCH_INTERVAL !== undefined,
    },
    sync: {
      intervalMs: env.SYNC_INTERVAL,
      ...(env.WATCH_INTERVAL !== undefined && { watchIntervalMs: env.WATCH_INTERVAL }),
      fullEveryMs: env.SYNC_FULL_EVERY,
      verify: env.SYNC_VERIFY,
      maxDeletePercent: env.SYNC_MAX_DELETE_PERCENT,
      access: env.SYNC_ACCESS,
      hasOktaLabels: env.OKTA_LABELS,
      data,
      deadlineMs: env.SYNC_RUN_DEADLINE,
      runRetentionMs: env.SYNC_RUN_RETENTION,
      historyRetentionMs: env.HISTORY_RETENTION,
    },
    temporal: {
      address: temporal.connectionOptions.address ?? env.TEMPORAL_ADDRESS,
      namespace: temporal.namespace ?? env.TEMPORAL_NAMESPACE,
      taskQueue: env.TEMPORAL_TASK_QUEUE,
      connectionOptions: () => temporal.connectionOptions,
      ...(version && { version }),
    },
    neo4j: {
      uri: env.NEO4J_URI,
      username: env.NEO4J_USERNAME,
      password: env.NEO4J_PASSWORD,
      ...(values['NEO4J_PASSWORD_FILE'] !== undefined && {
        readPassword: () => readNeo4jPassword(environment),
      }),
      ...(env.NEO4J_DATABASE === undefined ? {} : { database: env.NEO4J_DATABASE }),
    },
    showOktaIntegration: env.SHOW_OKTA_INTEGRATION,
    ...(notify && { notify }),
    logLevel: env.LOG_LEVEL,
    ...(env.METRICS_ADDRESS === undefined ? {} : { metricsAddress: env.METRICS_ADDRESS }),
    ...otlpOf(env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_HEADERS),
    ...(env.HEALTH_ADDRESS === undefined ? {} : { healthAddress: env.HEALTH_ADDRESS }),
    warnings: [
      ...clearTextWarning(env.NEO4J_URI),
      ...notifyWarnings(env),
      ...(orgs.length === 0 && needsOkta ? [NO_ORG] : []),
    ],
  });
}

function dataRulesOf(env: z.infer<typeof VARIABLES>): DataRules {
  return {
    promoted: { User: env.USER_PROPERTIES, Group: env.GROUP_PROPERTIES },
    omitted: env.OMIT_ATTRIBUTES,
    ...(env.SYNC_MEMBERS_OF && { membersOf: env.SYNC_MEMBERS_OF }),
  };
}

const SECRET_VARIABLES = [
  'NEO4J_PASSWORD',
  'TEMPORAL_API_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'NOTIFY_URL',
  'NOTIFY_SECRET',
] as const;

const OKTA_SECRETS = ['OKTA_API_TOKEN', 'OKTA_PRIVATE_KEY'] as const;

const OKTA_NAMES = { token: 'OKTA_API_TOKEN', clientId: 'OKTA_CLIENT_ID', privateKey: 'OKTA_PRIVATE_KEY' };

const OKTA_VARIABLES = ['OKTA_DOMAIN', ...Object.values(OKTA_NAMES)];

/** Reads the single org of the environment, and those of `OKTA_CREDENTIALS_DIR`. */
function readOrgs(environment: Environment): OrgsRead {
  const faults: string[] = [];
  const values = withSecretFiles(environment, OKTA_SECRETS, faults);
  const directory = values['OKTA_CREDENTIALS_DIR'];
  const isSingleMeant = directory === undefined || OKTA_VARIABLES.some((name) => name in values);
  const single = isSingleMeant ? readSingleOrg(values, faults) : undefined;
  if (directory === undefined) return { orgs: single ? [single] : [], faults, isUnread: () => false };
  const filed = readCredentialFiles(directory);
  faults.push(...filed.faults);
  if (filed.orgs.some(({ domain }) => domain === single?.domain))
    faults.push(`OKTA_DOMAIN and ${directory} both have ${single?.domain}; keep one`);
  return { ...filed, orgs: single ? [single, ...filed.orgs] : filed.orgs, faults };
}

function readSingleOrg(values: Record<string, string>, faults: string[]): OrgConfig | undefined {
  // The contents of an unreadable file cannot be checked.
  const areSecretsRead = faults.length === 0;
  const domain = readDomain(values['OKTA_DOMAIN'], faults);
  if (!areSecretsRead) return undefined;
  const { OKTA_API_TOKEN: token, OKTA_CLIENT_ID: clientId, OKTA_PRIVATE_KEY: privateKey } = values;
  const report = (fault: string) => void faults.push(fault);
  const credentials = readCredentials({ token, clientId, privateKey }, OKTA_NAMES, report);
  return domain && credentials && { ...domain, credentials };
}

function readDomain(text: string | undefined, faults: string[]): OktaDomain | undefined {
  try {
    if (text !== undefined) return parseOktaDomain(text);
    faults.push(
      'OKTA_DOMAIN is not set: set it, such as acme.okta.com, or OKTA_CREDENTIALS_DIR for several orgs',
    );
  } catch (error) {
    faults.push(`OKTA_DOMAIN ${(error as Error).message}`);
  }
  return undefined;
}

/** Drops empty values, and for each given `NAME` reads the file that `NAME_FILE` points to. */
export function withSecretFiles(
  environment: Environment,
  names: readonly string[],
  faults: string[],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value.trim() !== '') values[name] = value;
  }
  for (const name of names) {
    const path = values[`${name}_FILE`];
    if (path === undefined) continue;
    if (values[name] !== undefined) {
      faults.push(`${name} and ${name}_FILE are both set; keep one`);
      continue;
    }
    try {
      values[name] = readSecretFile(path).trim();
      if (values[name] === '') faults.push(`${name}_FILE points to ${path}, which is empty`);
    } catch (error) {
      const { message } = error as Error;
      const isRefused = error instanceof SecretFileError;
      faults.push(
        `${name}_FILE ${isRefused ? `points to ${path}, which ${message}` : `cannot be read: ${message}`}`,
      );
      values[name] = 'unreadable=unreadable';
    }
  }
  return values;
}

function readNeo4jPassword(environment: Environment): Secret | undefined {
  const faults: string[] = [];
  const { NEO4J_PASSWORD: password = '' } = withSecretFiles(environment, ['NEO4J_PASSWORD'], faults);
  return faults.length > 0 ? undefined : new Secret(password);
}

/** Reads the variables of every Temporal client, and its file of profiles. */
function temporalConnection(values: Record<string, string>, faults: string[]) {
  try {
    return loadClientConnectConfig({ overrideEnvVars: values });
  } catch (error) {
    faults.push(`TEMPORAL_* cannot be used: ${(error as Error).message}`);
    return undefined;
  }
}

/** The variables that Temporal's worker controller sets for each version of a deployment. */
function workerVersion(values: Record<string, string>, faults: string[]) {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = values;
  if (deploymentName === undefined && buildId === undefined) return undefined;
  if (deploymentName === undefined || buildId === undefined) {
    faults.push('TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together');
    return undefined;
  }
  // Temporal refuses other names at each poll, and the worker would go on without work.
  if (!/^[\w-]{1,200}$/.test(deploymentName))
    faults.push('TEMPORAL_DEPLOYMENT_NAME must have at most 200 letters, digits, - and _');
  if (buildId.length > 200) faults.push('TEMPORAL_WORKER_BUILD_ID must have at most 200 characters');
  return { deploymentName, buildId };
}

function otlpOf(url: string | undefined, headers: Secret | undefined): { otlp?: OtlpTarget } {
  if (url === undefined) return {};
  const read = () => (headers ? (JSON.parse(headers.reveal()) as Record<string, string>) : {});
  return { otlp: { endpoint: url.replace(/\/+$/, ''), headers: read } };
}

const NO_ORG =
  'No org is configured yet: OKTA_CREDENTIALS_DIR has no file <domain>.json. Add an integration in the console, or put a file there.';

function clearTextWarning(uri: string): string[] {
  const encrypted = /^(bolt|neo4j)\+s(sc)?:/.test(uri);
  const { hostname } = new URL(uri.replace(/^[a-z0-9+]+:/, 'http:'));
  if (encrypted || isLoopback(hostname)) return [];
  return [
    `NEO4J_URI connects to ${hostname} without TLS: the password and all data are sent unencrypted. Use neo4j+s:// or bolt+s://.`,
  ];
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null) deepFreeze(child as object);
  return Object.freeze(value);
}
