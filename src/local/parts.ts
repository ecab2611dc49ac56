import { join } from 'node:path';
import type { Environment } from '../config';
import { ADDED_ORGS_DIR } from './addedOrgs';
import {
  environmentFile,
  type LocalParts,
  SIMULATED_ACCESS,
  SIMULATED_WATCH,
  variablesOf,
} from './environment';
import type { Log } from './log';
import { NEO4J, startNeo4j } from './neo4j';
import { NEO4J_VERSION } from './neo4jVersion';
import { privateFolder, writePrivateFile } from './privateFiles';
import { assertUnused, type Lifetime } from './service';
import { type RunningOrg, type SimulatedOrgOptions, startSimulatedOrg } from './simulatedOrg';
import { type StopStep, stopTogether } from './stopping';
import { startTemporal, TEMPORAL } from './temporal';
import { LOCAL_DIR } from './tools';

/** The parts that run locally, with the URLs of their web pages. */
export interface RunningParts extends LocalParts {
  simulated?: RunningOrg;
  temporalUi?: string;
  neo4jBrowser?: string;
  /** Stops all parts. If one cannot be stopped, this is logged and the others are still stopped. */
  stop(): Promise<void>;
}

const ENVIRONMENT = 'env';

/** File with the variables that a command line in another terminal needs to use the local parts. */
export const ENVIRONMENT_FILE = join(LOCAL_DIR, ENVIRONMENT);

/** Default ports of the services. If a port is in use, another one is chosen and logged. */
const PORTS = { temporal: 7_233, temporalUi: 8_233, bolt: 7_687, http: 7_474 };

export interface PartsOptions extends Lifetime {
  org: SimulatedOrgOptions;
  /** Variables for commands in another terminal, in addition to those of the parts. */
  settings?: Environment;
  log: Log;
  /** Directory for the data of the parts. Default: `.local/`. */
  localDir?: string;
  /** Functions that start the servers; replaced in tests. */
  servers?: { startTemporal: typeof startTemporal; startNeo4j: typeof startNeo4j };
}

/**
 * Starts the parts concurrently. If one fails, or `stop` aborts, the others are stopped, also while they start.
 *
 * @throws SetupError if a part is not available or does not start.
 * @throws the reason of `stop`.
 */
export async function startParts(
  toStart: Record<keyof LocalParts, boolean>,
  {
    org: orgOptions,
    settings = {},
    log,
    localDir = LOCAL_DIR,
    servers = { startTemporal, startNeo4j },
    ...outer
  }: PartsOptions,
): Promise<RunningParts> {
  const stops: StopStep[] = [];
  const stop = () => stopTogether(stops, log);
  const failure = new AbortController();
  const lifetime: Lifetime = {
    stop: outer.stop ? AbortSignal.any([outer.stop, failure.signal]) : failure.signal,
    onEnd: outer.onEnd,
  };
  const running: RunningParts = {
    stop,
    ...(toStart.access && { access: SIMULATED_ACCESS }),
    ...(toStart.watch && { watch: SIMULATED_WATCH }),
    ...(toStart.credentials && { credentials: { directory: ADDED_ORGS_DIR } }),
  };

  const okta = async () => {
    const startedMs = Date.now();
    const org = await startSimulatedOrg(orgOptions, localDir);
    const { domain, token } = org;
    stops.push({ action: 'stop the simulated org', run: () => org.close() });
    running.okta = { domain, token };
    running.simulated = org;
    const people = `${org.users.toLocaleString('en-US')} users and ${org.groups.toLocaleString('en-US')} groups`;
    log(`OKTA_DOMAIN is not set, so this is a SIMULATED org with ${people}`);
    log(`Simulated Okta org ready at http://${domain} ${since(startedMs)}`);
  };
  const temporal = async () => {
    const startedMs = Date.now();
    const {
      address,
      uiUrl,
      reused,
      stop: stopTemporal,
    } = await servers.startTemporal({
      dataDir: join(localDir, 'temporal'),
      persistent: true,
      port: PORTS.temporal,
      uiPort: PORTS.temporalUi,
      log,
      ...lifetime,
    });
    stops.push({ action: 'stop Temporal', run: stopTemporal });
    running.temporal = { address };
    if (uiUrl !== undefined) running.temporalUi = uiUrl;
    log(`Temporal dev server ${reused ? 'still running' : 'ready'} at ${address} ${since(startedMs)}`);
  };
  const neo4j = async () => {
    const startedMs = Date.now();
    const {
      uri,
      username,
      password,
      browserUrl,
      reused,
      stop: stopNeo4j,
    } = await servers.startNeo4j({
      dataDir: join(localDir, 'neo4j'),
      boltPort: PORTS.bolt,
      httpPort: PORTS.http,
      log,
      ...lifetime,
    });
    stops.push({ action: 'stop Neo4j', run: stopNeo4j });
    running.neo4j = { uri, username, password };
    if (browserUrl !== undefined) running.neo4jBrowser = browserUrl;
    log(`Neo4j ${NEO4J_VERSION} ${reused ? 'still running' : 'ready'} at ${uri} ${since(startedMs)}`);
  };

  // Before the simulated org is recorded as the latest one, which another start in this directory would then find.
  if (toStart.temporal) await assertUnused(TEMPORAL, join(localDir, 'temporal'));
  if (toStart.neo4j) await assertUnused(NEO4J, join(localDir, 'neo4j'));
  const starts = [toStart.okta && okta, toStart.temporal && temporal, toStart.neo4j && neo4j].map(
    (start) =>
      start &&
      start().catch((error: unknown) => {
        failure.abort(error);
        throw error;
      }),
  );
  const recorded = async () => {
    await privateFolder(localDir);
    const variables = { ...settings, ...variablesOf(running) };
    await writePrivateFile(join(localDir, ENVIRONMENT), environmentFile(variables));
  };
  await allOrNone(starts, stop);
  await allOrNone([recorded()], stop);
  return running;
}

/** Runs `work` and then stops the parts, whether it succeeded or failed. */
export async function withParts<T>(parts: RunningParts, log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    log('Stopping …');
    await parts.stop();
  }
}

/**
 * Waits until everything has started. If something fails, everything that has started is stopped, including parts that
 * started after the failure.
 *
 * @throws the first error.
 */
export async function allOrNone(starts: readonly unknown[], stop: () => Promise<void>): Promise<void> {
  const failed = (await Promise.allSettled(starts)).find((result) => result.status === 'rejected');
  if (!failed) return;
  await stop();
  throw failed.reason;
}

function since(startedMs: number): string {
  return `(${((Date.now() - startedMs) / 1_000).toFixed(1)} s)`;
}
