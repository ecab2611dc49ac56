import type { RequestedMode, SyncReport } from '../contract';
import { withGraph, withTemporal } from '../connections/connect';
import type { Context } from './context';
import { EXIT, exitCodeOf } from './exitCodes';
import { Explained } from '../faults/explained';
import { type Names, namesIn, NO_NAMES } from '../reportView/names';
import { printReport } from './printReport';
import { runAndWait, start } from './run';
import { selectDomain } from './selectOrg';

export interface RunCommandOptions {
  domain?: string;
  mode: RequestedMode;
  allowDeletes?: true | number;
  wait?: true;
  json?: true;
}

/** `run`: with `--wait` the exit code depends on the outcome; otherwise it is 0 once the run has started or was found. */
export async function run(context: Context, options: RunCommandOptions): Promise<number> {
  const { config, out, err } = context;
  const { mode, allowDeletes, wait, json } = options;
  const domain = selectDomain(config, options.domain);
  return withTemporal(config, async (client) => {
    const approved = allowDeletes === undefined ? {} : { allowDeletes };
    const request = { client, config, domain, mode, ...approved, output: json ? err : out };
    if (wait) return untilInterrupted((signal) => runAndWait({ ...request, signal }), context, options);

    const sync = await start(request);
    out.write(
      json
        ? `${JSON.stringify(sync)}\n`
        : 'It runs in the background. See its progress with: okta-graph status\n',
    );
    return EXIT.succeeded;
  });
}

/** Waits for the report; Ctrl-C stops waiting, never the run. */
async function untilInterrupted(
  wait: (signal: AbortSignal) => Promise<SyncReport>,
  context: Context,
  { json }: RunCommandOptions,
): Promise<number> {
  const detach = new AbortController();
  const onInterrupt = () => detach.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const report = await wait(detach.signal);
    if (json) context.out.write(`${JSON.stringify(report, null, 2)}\n`);
    else printReport(report, await namesOrNone(context, report), context.out);
    return exitCodeOf(report.outcome);
  } catch (error) {
    if (!detach.signal.aborted) throw error;
    context.err.write('Stopped waiting; the run continues. See its progress with: okta-graph status\n');
    return EXIT.detached;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** Reads the names in a report from the graph; returns none if the graph cannot be reached, so that the report is printed anyway. */
async function namesOrNone({ config, err }: Context, report: SyncReport): Promise<Names> {
  try {
    return await withGraph(config, (db) => namesIn(db, report));
  } catch (error) {
    if (!(error instanceof Explained)) throw error;
    err.write(`Warnings are shown without names: ${error.message}\n`);
    return NO_NAMES;
  }
}
