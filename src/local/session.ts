import { Writable } from 'node:stream';
import type { Client } from '@temporalio/client';
import { withGraph, withTemporal } from '../connections/connect';
import { formatDuration } from '../text/times';
import { EXIT, exitCodeOf } from '../cli/exitCodes';
import { namesIn } from '../reportView/names';
import type { Output } from '../cli/progressDisplay';
import { printReport } from '../cli/printReport';
import { runAndWait } from '../cli/run';
import { selectDomains } from '../cli/selectOrg';
import type { Config } from '../config';
import { startConsole, type RunningConsole } from '../console/server';
import type { ConsoleSettings } from '../console/settings';
import type { SyncReport } from '../contract';
import { applySchedule, deleteSchedulesOf } from '../runs/schedule';
import { applyWatch } from '../runs/watch';
import { ScheduleError } from '../runs/scheduleChanges';
import { checkOkta } from '../okta/check';
import { startWorker, type RunningWorker } from '../worker';
import { addresses, ANOTHER_TERMINAL } from './closing';
import { withConsoleLinks } from './consoleLinks';
import { keepChanging, livePast } from './demo';
import { answeredExamples } from './examples';
import type { RunningParts } from './parts';
import { domainOf, knownOrgs } from './simulatedOrg';
import { stopInOrder, type StopStep } from './stopping';
import { ServerEnded } from './service';
import { TEMPORAL } from './temporal';
import { Stopped, unlessStopped } from './stopSignal';

export interface SessionOptions {
  config: Config;
  parts: RunningParts;
  console: ConsoleSettings;
  /** Return after the first run. */
  once: boolean;
  /** Leave the simulated org as it is. */
  still: boolean;
  output: Output;
  stop: AbortSignal;
}

/**
 * Runs the worker, syncs each org once and prints the report, then keeps running for the schedules until `stop` aborts.
 *
 * @returns the exit code: that of the first run that did not succeed, or success.
 * @throws Stopped if `stop` aborts with it before the first runs have ended.
 * @throws ServerEnded if `stop` aborts with it.
 * @throws Explained if Temporal or Neo4j is not available.
 */
export async function runSession(options: SessionOptions): Promise<number> {
  const { config, parts, once, still, output, stop } = options;
  const log = (line: string) => void output.write(`${line}\n`);
  const domains = selectDomains(config);
  return withTemporal(config, async (client) => {
    const simulatedBefore = (await knownOrgs()).map(domainOf);
    await deleteSchedulesOf(
      client,
      simulatedBefore.filter((each) => !domains.includes(each)),
    );
    const { simulated } = parts;
    const worker = await startWorker(once ? config : withConsoleLinks(config, options.console));
    const broken = workerFailure(worker.stopped);
    let console: RunningConsole | undefined;
    try {
      if (!once) console = await openConsole(options);
      const exitCodes: number[] = [];
      for (const domain of domains) {
        const isScheduled = !once && (await schedule(client, domain, options));
        const run = (shown: Output) =>
          Promise.race([runAndWait({ client, config, domain, output: shown, signal: stop }), broken]);
        stop.throwIfAborted();
        const report = await unlessStopped(stop, STOPPED.inFirstRun, () => run(output));
        await showReport(report, options);
        exitCodes.push(exitCodeOf(report.outcome));
        if (simulated?.isPastDue) {
          const pastRun = () => {
            stop.throwIfAborted();
            return run(nowhere());
          };
          await unlessStopped(stop, STOPPED.inPast, () => livePast(simulated, pastRun, log));
        }
        // Not before: the past would be read in small pieces, and dated by them.
        if (isScheduled) await applyWatch(client, config, domain, { paused: false });
        if (report.outcome !== 'failed') await showExamples(domain, options);
      }
      if (once) {
        log(
          'The data is kept. To ask questions: okta-graph start, then in another terminal: okta-graph query',
        );
        return exitCodes.find((code) => code !== EXIT.succeeded) ?? EXIT.succeeded;
      }

      output.write(`\n${addresses(parts, config, console?.url)}\n\n${ANOTHER_TERMINAL}\n`);
      if (simulated && !still) {
        log('The simulated org changes by itself every 10 minutes; --still leaves it as it is.');
        void keepChanging(simulated, stop);
      }
      const { watchIntervalMs } = config.sync;
      if (watchIntervalMs !== undefined)
        log(`Watching the System Log every ${formatDuration(watchIntervalMs)}; see docs/watch.md.`);
      output.write('Running on schedule. Press Ctrl-C to stop everything; the data is kept.\n');
      await Promise.race([aborted(stop), broken]);
      if (!(stop.reason instanceof Stopped)) throw stop.reason;
      return EXIT.succeeded;
    } finally {
      await stopInOrder(
        finalSteps({ client, parts, console, worker, stop }),
        (line) => void output.write(`${line}\n`),
      );
    }
  });
}

/** What a stop leaves, by when it comes. */
const STOPPED = {
  inFirstRun: 'Stopped before the first run ended. The next start continues it.',
  inPast: 'Stopped before the past of the simulated org was complete. The next start continues it.',
};

interface Session {
  client: Client;
  parts: RunningParts;
  console: RunningConsole | undefined;
  worker: RunningWorker;
  stop: AbortSignal;
}

/** Steps at the end of the session. The servers are stopped later, because the worker needs them while it drains. */
function finalSteps({ client, parts: { okta }, console, worker, stop }: Session): StopStep[] {
  const hasTemporal = !(stop.reason instanceof ServerEnded && stop.reason.server === TEMPORAL);
  return [
    // A simulated org ends with this process. What is left here is deleted at the next start.
    ...(okta && hasTemporal
      ? [
          {
            action: 'delete the schedule of the simulated org',
            run: () => deleteSchedulesOf(client, [okta.domain]),
          },
        ]
      : []),
    ...(console ? [{ action: 'stop the console', run: () => console.close() }] : []),
    { action: 'stop the worker', run: () => worker.stop() },
  ];
}

/** Starts the console, which can show the first run while it is in progress. */
async function openConsole({ config, console: settings, output }: SessionOptions): Promise<RunningConsole> {
  const console = await startConsole(config, settings, checkOkta, (line) => void output.write(`${line}\n`));
  output.write(`Console ready at ${console.url}\n`);
  return console;
}

/** Applies the schedule without its watch. @returns true if it is active. */
async function schedule(
  client: Client,
  domain: string,
  { config, output }: SessionOptions,
): Promise<boolean> {
  const { watchIntervalMs: _, ...sync } = config.sync;
  try {
    const { scheduleId, paused, note } = await applySchedule(client, { ...config, sync }, domain);
    const state = paused
      ? `paused${note ? `: ${note}` : ''}`
      : `every ${formatDuration(config.sync.intervalMs)}`;
    output.write(`Schedule ${scheduleId}: ${state}\n`);
    return !paused;
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    output.write(`${error.message}\n`);
    return false;
  }
}

async function showReport(report: SyncReport, { config, output }: SessionOptions): Promise<void> {
  await withGraph(config, async (db) => {
    output.write('\n');
    printReport(report, await namesIn(db, report), output);
  });
}

async function showExamples(domain: string, { config, output }: SessionOptions): Promise<void> {
  await withGraph(config, async (db) => void output.write(`\n${await answeredExamples(db, domain)}\n`));
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, written) => written() });

/**
 * Returns a promise that rejects when the worker ends on its own. Its rejection can be ignored after the worker is
 * stopped.
 */
function workerFailure(stopped: Promise<void>): Promise<never> {
  const ended = stopped.then(() => {
    throw new Error('The worker ended unexpectedly');
  });
  ended.catch(() => undefined);
  return ended;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
