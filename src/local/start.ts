import { realpath } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { EXIT } from '../cli/exitCodes';
import { Explained } from '../cli/explain';
import { internalErrorText } from '../internalError';
import { UsageError } from '../usageError';
import type { Io } from '../cli/context';
import { ConfigError, loadConfig, readEnvironment } from '../config';
import { WorkerStartError } from '../workerStartError';
import { loadConsoleSettings } from '../console/settings';
import { ADDED_ORGS_DIR, hasAddedOrgs } from './addedOrgs';
import { type LocalParts, partsToStart, variablesOf } from './environment';
import { parseOptions } from './options';
import { startParts, withParts } from './parts';
import { choosePort } from './ports';
import { makePrivate, privateFolder } from './privateFiles';
import { runSession } from './session';
import { SetupError } from './setupError';
import { Stopped, stopSignal } from './stopSignal';
import { LOCAL_DIR } from './tools';
import { logWorkerToFile } from './workerLog';

/**
 * `npm start`: everything that a sync needs, a first run, and then the schedule. Returns the exit code; it never throws.
 *
 * @param args the command line without the program's name.
 * @param read what the configuration is read from.
 */
export async function start(args: readonly string[], io: Io, read = readEnvironment): Promise<number> {
  try {
    return await startAll(args, io, read);
  } catch (error) {
    return tell(error, io);
  }
}

async function startAll(args: readonly string[], io: Io, read: typeof readEnvironment): Promise<number> {
  const log = (line: string) => void io.out.write(`${line}\n`);
  const { once, sized, ...size } = parseOptions(args, io);
  const environment = read();
  await privateFolder(LOCAL_DIR);
  await makePrivate(await realpath(LOCAL_DIR));
  const toStart = partsToStart(environment, await hasAddedOrgs());
  if (sized && !toStart.okta) {
    throw new UsageError(
      '--users and --groups shape the simulated org, but OKTA_DOMAIN or OKTA_CREDENTIALS_DIR is set, or an org was added in the console',
    );
  }
  // What is wrong with the rest of the configuration is told before anything is fetched.
  loadConfig({ ...environment, ...variablesOf(examplesOf(toStart)) });
  const console = loadConsoleSettings(environment);

  const stop = stopSignal();
  const parts = await startParts(toStart, { size, log }).catch((error: unknown) => {
    // Ctrl-C in a terminal also ends what is being fetched.
    stop.throwIfAborted();
    throw error;
  });
  return withParts(parts, log, async () => {
    stop.throwIfAborted();
    const config = loadConfig({ ...environment, ...variablesOf(parts) });
    for (const warning of config.warnings) log(warning);
    logWorkerToFile(config);
    const port = await choosePort(console.port, 'the console', log);
    const settings = { temporalUi: parts.temporalUi, ...console, port };
    return runSession({ config, parts, console: settings, once, output: io.out, stop });
  });
}

function examplesOf(toStart: Record<keyof LocalParts, boolean>): LocalParts {
  return {
    ...(toStart.okta && { okta: { domain: '127.0.0.1:1', token: 'token' } }),
    ...(toStart.credentials && { credentials: { directory: ADDED_ORGS_DIR } }),
    ...(toStart.temporal && { temporal: { address: '127.0.0.1:1' } }),
    ...(toStart.neo4j && { neo4j: { uri: 'bolt://127.0.0.1:1', username: 'neo4j', password: 'password' } }),
  };
}

function tell(error: unknown, { err }: Io): number {
  // Commander has said what there is to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
  if (error instanceof Stopped) {
    err.write('Stopped before the first run had ended; the next start goes on with it.\n');
    return EXIT.detached;
  }
  if (error instanceof ConfigError || error instanceof UsageError) {
    err.write(`${error.message}\n`);
    return EXIT.usage;
  }
  err.write(`${isExpected(error) ? error.message : internalErrorText(error)}\n`);
  return EXIT.failed;
}

/** Its message says what to do; a stack would add nothing. */
function isExpected(error: unknown): error is Error {
  return [SetupError, Explained, WorkerStartError].some((kind) => error instanceof kind);
}

if (require.main === module) {
  void start(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then((exitCode) => {
    process.exitCode = exitCode;
  });
}
