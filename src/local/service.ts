import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { unlessAborted } from '../text/unlessAborted';
import { serverEnvironment } from './childEnvironment';
import { lastLines } from './command';
import { privateFolder, withPrivateUmask, writePrivateFile } from './privateFiles';
import {
  endWithThisProcess,
  forgetChild,
  isRunning,
  markOf,
  type ProcessMark,
  stopProcess,
} from './processes';
import { SetupError } from './setupError';

/** The command that runs a server, and its endpoint. */
export interface Launch<Endpoint> {
  command: string;
  args: readonly string[];
  /** Default: {@link serverEnvironment}. */
  env?: NodeJS.ProcessEnv;
  endpoint: Endpoint;
}

/** What ends a server, and what its end is reported to. */
export interface Lifetime {
  /** Ends the start, which then leaves no server and rejects with the signal's reason. */
  stop?: AbortSignal | undefined;
  /** Called with the cause when the server ends, after it was ready, without having been stopped. */
  onEnd?: ((end: ServerEnded) => void) | undefined;
}

/** A server has ended on its own. The message has its exit code or signal, and its log file. */
export class ServerEnded extends Error {
  override readonly name = 'ServerEnded';

  constructor(
    /** Display name of the server. */
    readonly server: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ServiceOptions<Endpoint> extends Lifetime {
  /** Display name; also used for the names of its files in `dataDir`. */
  name: string;
  dataDir: string;
  /** Only called if no server from an earlier start responds. */
  prepare: () => Promise<Launch<Endpoint>>;
  /** Tries to call the server; rejects if it does not respond. */
  probe: (endpoint: Endpoint) => Promise<void>;
  readyTimeoutMs: number;
}

export interface Service<Endpoint> {
  endpoint: Endpoint;
  /** True if the server was still running because its starter was killed. */
  reused: boolean;
  stop(): Promise<void>;
}

/** Stored in `dataDir` while a server runs. */
interface ServiceRecord<Endpoint> {
  server: ProcessMark;
  owner: ProcessMark;
  endpoint: Endpoint;
}

/** The server ended before it was ready. */
class EarlyEnd extends SetupError {}

/** A port that was free when it was chosen may be in use when the server, or one of its parts, opens it. */
const MAX_STARTS = 3;
const PROBE_INTERVAL_MS = 50;
const REUSE_TIMEOUT_MS = 5_000;
const WATCH_INTERVAL_MS = 1_000;

/**
 * Starts a server that ends with this process, one per `dataDir`. A server whose starter was killed is taken over if it
 * responds, otherwise stopped. A server that ends before it is ready is started again, at most {@link MAX_STARTS} times.
 *
 * @throws SetupError if another running process uses `dataDir`, or if the server ends or does not respond within
 * `readyTimeoutMs`. The message contains the last lines of its log.
 * @throws the reason of `stop`.
 */
export async function startService<Endpoint>(options: ServiceOptions<Endpoint>): Promise<Service<Endpoint>> {
  const { name, dataDir, stop } = options;
  await privateFolder(dataDir);
  await assertUnused(name, dataDir);
  const left = await takeOver(options);
  if (left) {
    const { endpoint, server } = left;
    return { endpoint, reused: true, stop: watched(options, server, endOf(server)) };
  }

  for (let start = 1; ; start += 1) {
    try {
      stop?.throwIfAborted();
      return await startOnce(options);
    } catch (error) {
      if (!(error instanceof EarlyEnd) || start === MAX_STARTS) throw error;
    }
  }
}

async function startOnce<Endpoint>(options: ServiceOptions<Endpoint>): Promise<Service<Endpoint>> {
  const { name, dataDir, prepare, probe, readyTimeoutMs, stop } = options;
  const { command, args, env = serverEnvironment(), endpoint } = await prepare();
  stop?.throwIfAborted();
  const logFile = logFileOf(options);
  const child = await spawnServer(name, { command, args, env }, logFile);
  const note = async (): Promise<ProcessMark> => {
    const server = await markOf(child.pid);
    await writeRecord(name, dataDir, { server, owner: await markOf(process.pid), endpoint });
    return server;
  };
  try {
    await note();
    await untilReady(() => probe(endpoint), child.isRunning, { timeoutMs: readyTimeoutMs, stop });
  } catch (error) {
    const hasEnded = !(await child.isRunning());
    await stopService(name, dataDir, await markOf(child.pid));
    stop?.throwIfAborted();
    const output = lastLines(await readFile(logFile, 'utf8'), 5);
    const message = `${name} ${(error as Error).message}${output && `. Its last output:\n${output}`}\nLog file: ${logFile}`;
    throw hasEnded ? new EarlyEnd(message) : new SetupError(message);
  }
  // A script may have replaced itself with the server by now.
  const server = await note();
  return { endpoint, reused: false, stop: watched(options, server, child.end) };
}

/**
 * Reports the end of a server unless it is stopped.
 *
 * @param end resolves with how the server has ended.
 * @returns a function that stops the server.
 */
function watched<Endpoint>(
  options: ServiceOptions<Endpoint>,
  server: ProcessMark,
  end: Promise<string>,
): () => Promise<void> {
  const { name, dataDir, onEnd } = options;
  let isStopping = false;
  void end.then((how) => {
    if (!isStopping)
      onEnd?.(
        new ServerEnded(name, `${name} has ended unexpectedly (${how}). Log file: ${logFileOf(options)}`),
      );
  });
  return () => {
    isStopping = true;
    return stopService(name, dataDir, server);
  };
}

/** Resolves when a process has ended that is not a child of this one, whose exit code is therefore unknown. */
async function endOf(server: ProcessMark): Promise<string> {
  while (await isRunning(server)) await delay(WATCH_INTERVAL_MS, undefined, { ref: false });
  return 'exit code unknown';
}

/** Stops a server in `dataDir` whose starter was killed, if there is one. */
export async function stopOrphanedService(name: string, dataDir: string): Promise<void> {
  const record = await readRecord<unknown>(name, dataDir);
  if (record && !(await isRunning(record.owner))) await stopService(name, dataDir, record.server);
}

/** @throws SetupError if another running process uses `dataDir` for such a server. */
export async function assertUnused(name: string, dataDir: string): Promise<void> {
  const record = await readRecord<unknown>(name, dataDir);
  if (record && (await isRunning(record.server)) && (await isRunning(record.owner)))
    throw new SetupError(
      `${dataDir} is in use by process ${record.owner.pid}, which runs ${name} there (perhaps another \`okta-graph start\`). Stop that process first.`,
    );
}

/** @throws the reason of `stop`; the server is stopped then. */
async function takeOver<Endpoint>({
  name,
  dataDir,
  probe,
  stop,
}: ServiceOptions<Endpoint>): Promise<ServiceRecord<Endpoint> | undefined> {
  const record = await readRecord<Endpoint>(name, dataDir);
  if (!record || !(await isRunning(record.server))) return undefined;
  try {
    await untilReady(
      () => probe(record.endpoint),
      () => isRunning(record.server),
      { timeoutMs: REUSE_TIMEOUT_MS, stop },
    );
    stop?.throwIfAborted();
  } catch {
    await stopService(name, dataDir, record.server);
    stop?.throwIfAborted();
    return undefined;
  }
  endWithThisProcess(record.server.pid);
  await writeRecord(name, dataDir, { ...record, owner: await markOf(process.pid) });
  return record;
}

interface Child {
  pid: number;
  isRunning(): Promise<boolean>;
  /** Resolves with its exit code or signal, in words, when it has ended. */
  end: Promise<string>;
}

/** Starts a server in its own process group, so that Ctrl-C reaches only this process, which then stops it in order. */
async function spawnServer(
  name: string,
  { command, args, env }: { command: string; args: readonly string[]; env: NodeJS.ProcessEnv },
  logFile: string,
): Promise<Child> {
  const log = await open(logFile, 'w', 0o600);
  try {
    await log.chmod(0o600);
    const child = withPrivateUmask(() =>
      spawn(command, args, { detached: true, stdio: ['ignore', log.fd, log.fd], env }),
    );
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) throw new Error('it has no process id');
    endWithThisProcess(pid);
    const end = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        forgetChild(pid);
        resolve(signal ? `signal ${signal}` : `exit code ${code}`);
      });
    });
    child.unref();
    return { pid, end, isRunning: async () => child.exitCode === null && child.signalCode === null };
  } catch (error) {
    throw new SetupError(`${name} could not be started: ${(error as Error).message}`);
  } finally {
    await log.close();
  }
}

async function untilReady(
  probe: () => Promise<void>,
  isAlive: () => Promise<boolean>,
  { timeoutMs, stop }: { timeoutMs: number; stop?: AbortSignal | undefined },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await (stop ? unlessAborted(stop, probe()) : probe());
    } catch (error) {
      stop?.throwIfAborted();
      if (!(await isAlive())) throw new Error('ended before it was ready', { cause: error });
      if (Date.now() > deadline) {
        const why = (error as Error).message;
        throw new Error(`was not ready after ${timeoutMs / 1_000} s (${why})`, { cause: error });
      }
      await delay(PROBE_INTERVAL_MS);
    }
  }
}

async function stopService(name: string, dataDir: string, server: ProcessMark): Promise<void> {
  await stopProcess(server);
  forgetChild(server.pid);
  await rm(recordFile(name, dataDir), { force: true });
}

async function readRecord<Endpoint>(
  name: string,
  dataDir: string,
): Promise<ServiceRecord<Endpoint> | undefined> {
  const text = await readFile(recordFile(name, dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ServiceRecord<Endpoint>;
  } catch {
    return undefined;
  }
}

async function writeRecord(name: string, dataDir: string, record: ServiceRecord<unknown>): Promise<void> {
  await writePrivateFile(recordFile(name, dataDir), JSON.stringify(record, null, 2));
}

function recordFile(name: string, dataDir: string): string {
  return join(dataDir, `${fileStem(name)}.process.json`);
}

function logFileOf({ name, dataDir }: { name: string; dataDir: string }): string {
  return join(dataDir, `${fileStem(name)}.log`);
}

function fileStem(name: string): string {
  return name.toLowerCase();
}
