import { join } from 'node:path';
import { ADDED_ORGS_DIR } from './addedOrgs';
import { environmentFile, type LocalParts, variablesOf } from './environment';
import type { Log } from './log';
import { startNeo4j } from './neo4j';
import { NEO4J_VERSION } from './neo4jVersion';
import type { StartOptions } from './options';
import { privateFolder, writePrivateFile } from './privateFiles';
import { startSimulatedOrg } from './simulatedOrg';
import { type StopStep, stopTogether } from './stopping';
import { startTemporal } from './temporal';
import { LOCAL_DIR } from './tools';

/** The parts that run here, each with where people look at it. */
export interface RunningParts extends LocalParts {
  temporalUi?: string;
  neo4jBrowser?: string;
  /** Stops all of them, also when one cannot be stopped, which is logged. */
  stop(): Promise<void>;
}

/** Points the command line in another terminal at the parts that run here. */
export const ENVIRONMENT_FILE = join(LOCAL_DIR, 'env');

/** As their own documentation has them; taken ones are told and avoided. */
const PORTS = { temporal: 7_233, temporalUi: 8_233, bolt: 7_687, http: 7_474 };

/**
 * Starts what is to be started side by side, with its data under `.local/`. When one fails the others are stopped.
 *
 * @throws SetupError when one cannot be had or does not start.
 */
export async function startParts(
  toStart: Record<keyof LocalParts, boolean>,
  size: Pick<StartOptions, 'users' | 'groups'>,
  log: Log,
): Promise<RunningParts> {
  const stops: StopStep[] = [];
  const stop = () => stopTogether(stops, log);
  const running: RunningParts = {
    stop,
    ...(toStart.credentials && { credentials: { directory: ADDED_ORGS_DIR } }),
  };

  const okta = async () => {
    const startedMs = Date.now();
    const { domain, token, close } = await startSimulatedOrg(size);
    stops.push({ what: 'stop the simulated org', run: close });
    running.okta = { domain, token };
    const people = `${size.users.toLocaleString('en-US')} users and ${size.groups.toLocaleString('en-US')} groups`;
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
    } = await startTemporal({
      dataDir: join(LOCAL_DIR, 'temporal'),
      persistent: true,
      port: PORTS.temporal,
      uiPort: PORTS.temporalUi,
      log,
    });
    stops.push({ what: 'stop Temporal', run: stopTemporal });
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
    } = await startNeo4j({
      dataDir: join(LOCAL_DIR, 'neo4j'),
      boltPort: PORTS.bolt,
      httpPort: PORTS.http,
      log,
    });
    stops.push({ what: 'stop Neo4j', run: stopNeo4j });
    running.neo4j = { uri, username, password };
    if (browserUrl !== undefined) running.neo4jBrowser = browserUrl;
    log(`Neo4j ${NEO4J_VERSION} ${reused ? 'still running' : 'ready'} at ${uri} ${since(startedMs)}`);
  };

  await allOrNone([toStart.okta && okta(), toStart.temporal && temporal(), toStart.neo4j && neo4j()], stop);
  await privateFolder(LOCAL_DIR);
  await writePrivateFile(ENVIRONMENT_FILE, environmentFile(variablesOf(running)));
  return running;
}

/** Does some work with parts that run, and stops them once it has ended, however it ended. */
export async function withParts<T>(parts: RunningParts, log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    log('Stopping …');
    await parts.stop();
  }
}

/**
 * Waits until everything has started. When something fails, what has started is stopped, also what started later.
 *
 * @throws what the first of them failed with.
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
