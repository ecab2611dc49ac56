import { realpath } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { EXIT } from '../cli/exitCodes';
import { Explained } from '../faults/explained';
import { internalErrorText } from '../text/internalError';
import { UsageError } from '../text/usageError';
import type { Io } from '../cli/context';
import { type Config, ConfigError, loadConfig, readEnvironment } from '../config';
import { WorkerStartError } from '../telemetry/workerStartError';
import { loadConsoleSettings } from '../console/settings';
import { ADDED_ORGS_DIR, hasAddedOrgs } from './addedOrgs';
import { type LocalParts, partsToStart, sharedSettings, variablesOf } from './environment';
import { parseOptions } from './options';
import { startParts, withParts } from './parts';
import { choosePort } from './ports';
import { makePrivate, privateFolder } from './privateFiles';
import { ServerEnded } from './service';
import { runSession } from './session';
import { SetupError } from './setupError';
import { Stopped, stopSignal } from './stopSignal';
import { LOCAL_DIR } from './tools';
import { logWorkerToFile } from './workerLog';

/**
 * `okta-graph start`: starts everything that a sync needs, runs the first sync, and then syncs on schedule. Never rejects.
 *
 * @param args command line arguments.
 * @param read reads the environment of the configuration.
 * @returns the exit code.
 */
export async function start(args: readonly string[], io: Io, read = readEnvironment): Promise<number> {
  try {
    return await startAll(args, io, read);
  } catch (error) {
    return reportError(error, io);
  }
}

async function startAll(args: readonly string[], io: Io, read: typeof readEnvironment): Promise<number> {
  const log = (line: string) => void io.out.write(`${line}\n`);
  const { once, still, sized, orgPort, ...size } = parseOptions(args, io);
  const environment = read();
  await privateFolder(LOCAL_DIR);
  await makePrivate(await realpath(LOCAL_DIR));
  const toStart = partsToStart(environment, await hasAddedOrgs());
  if (sized && !toStart.okta) {
    throw new UsageError(
      '--users, --groups and --org-port are for the simulated org, which does not run because OKTA_DOMAIN or OKTA_CREDENTIALS_DIR is set, or an org was added in the console',
    );
  }
  // Reports configuration errors before anything is downloaded.
  loadConfig({ ...environment, ...variablesOf(examplesOf(toStart)) });
  const console = loadConsoleSettings(environment);

  const ended = new AbortController();
  const stop = AbortSignal.any([stopSignal(), ended.signal]);
  const onEnd = (end: ServerEnded) => {
    if (stop.aborted) return;
    io.err.write(
      `${end.message}\nThe rest is stopped too; the data is kept. To start again: okta-graph start\n`,
    );
    ended.abort(end);
  };
  try {
    const sayStopping = () => log('Stopping …');
    stop.addEventListener('abort', sayStopping);
    const org = { ...size, port: orgPort, still };
    const settings = sharedSettings(environment);
    const parts = await startParts(toStart, { org, settings, log, stop, onEnd });
    stop.removeEventListener('abort', sayStopping);
    return await withParts(parts, log, async () => {
      stop.throwIfAborted();
      const read = loadConfig({ ...environment, ...variablesOf(parts) });
      const config = parts.simulated ? withShortProof(read) : read;
      for (const warning of config.warnings) log(warning);
      logWorkerToFile(config);
      const port = once ? console.port : await choosePort(console.port, 'the console', log);
      const settings = { temporalUi: parts.temporalUi, ...console, port };
      return runSession({ config, parts, console: settings, once, still, output: io.out, stop });
    });
  } catch (error) {
    // After a server has ended, whatever needed it fails too.
    throw stop.reason instanceof ServerEnded ? stop.reason : error;
  }
}

/** A simulated org never denies what it has: its past need not wait for half a minute at each end of something. */
function withShortProof(config: Config): Config {
  return { ...config, sync: { ...config.sync, proofGapMs: 1_000 } };
}

function examplesOf(toStart: Record<keyof LocalParts, boolean>): LocalParts {
  return {
    ...(toStart.okta && { okta: { domain: '127.0.0.1:1', token: 'token' } }),
    ...(toStart.credentials && { credentials: { directory: ADDED_ORGS_DIR } }),
    ...(toStart.temporal && { temporal: { address: '127.0.0.1:1' } }),
    ...(toStart.neo4j && { neo4j: { uri: 'bolt://127.0.0.1:1', username: 'neo4j', password: 'password' } }),
  };
}

function reportError(error: unknown, { err }: Io): number {
  // Commander has already printed the error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
  if (error instanceof Stopped) {
    err.write(`${error.message}\n`);
    return EXIT.detached;
  }
  // It was reported when it happened.
  if (error instanceof ServerEnded) return EXIT.failed;
  if (error instanceof ConfigError || error instanceof UsageError) {
    err.write(`${error.message}\n`);
    return EXIT.usage;
  }
  err.write(`${isExpected(error) ? error.message : internalErrorText(error)}\n`);
  return EXIT.failed;
}

/** Returns true if the error's message explains what to do. */
function isExpected(error: unknown): error is Error {
  return [SetupError, Explained, WorkerStartError].some((kind) => error instanceof kind);
}
