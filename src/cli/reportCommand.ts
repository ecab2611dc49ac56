import { findReport, lastReports, type RecordedRun } from '../graph/read/reports';
import type { GraphDatabase } from '../graph/database';
import { changingRuns } from '../graph/read/changingRuns';
import { formatOf, printChanges } from './changesCommand';
import { withGraph } from '../connections/connect';
import type { Context } from './context';
import { formatTime } from '../text/times';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { UsageError } from '../text/usageError';
import { namesIn } from '../reportView/names';
import { printReport } from './printReport';
import { domainToRead } from './selectOrg';

export interface ReportOptions {
  domain?: string;
  json?: true;
  csv?: true;
  /** Also print every change that the run made. */
  changes?: true;
}

/** Maximum number of runs to search for the latest report, since running and terminated runs have none. */
const SEARCHED_RUNS = 10;

/** `report [RUN]`: prints a report; exits with 0 regardless of the run's outcome. */
export async function report(
  context: Context,
  run: string | undefined,
  options: ReportOptions,
): Promise<number> {
  const { config, out } = context;
  return withGraph(config, async (db) => {
    const domain = await domainToRead(db, config, options.domain);
    const found = reportOf(await recordedRun(db, domain, run));
    if (options.changes) {
      const runs = await changingRuns(db, domain, { runId: found.runId });
      const format = formatOf(options);
      if (format === 'text') printReport(found, await namesIn(db, found), out);
      await printChanges(db, { domain, runs, head: found }, format, out);
    } else if (options.csv) throw new UsageError('--csv requires --changes; use --json for the report alone');
    else if (options.json) out.write(`${JSON.stringify(found, null, 2)}\n`);
    else printReport(found, await namesIn(db, found), out);
    return EXIT.succeeded;
  });
}

async function recordedRun(db: GraphDatabase, domain: string, run: string | undefined): Promise<RecordedRun> {
  if (run !== undefined) {
    const found = await findReport(db, domain, run);
    if (!found)
      throw new Explained(`The graph has no run ${run} of ${domain}. See all runs with: okta-graph runs`);
    return found;
  }
  const newest = await lastReports(db, domain, SEARCHED_RUNS);
  const found = newest.find((each) => each.report) ?? newest[0];
  if (!found)
    throw new Explained(`The graph has no run of ${domain} yet. Start one with: okta-graph run --wait`);
  return found;
}

function reportOf({ runNumber, startedAt, report }: RecordedRun) {
  if (report) return report;
  throw new Explained(`Run #${runNumber}, started ${formatTime(startedAt)}, has not written a report yet.`);
}
