import { findReport, lastReports, type RecordedRun } from '../graph/read/reports';
import type { GraphDatabase } from '../graph/database';
import { changingRuns } from '../graph/read/changes';
import { formatOf, printChanges } from './changesCommand';
import { withGraph } from '../connections/connect';
import type { Context } from './context';
import { formatTime } from '../text/times';
import { EXIT } from './exitCodes';
import { Explained } from '../connections/explain';
import { UsageError } from '../text/usageError';
import { namesIn } from '../reportView/names';
import { printReport } from './printReport';
import { selectDomain } from './selectOrg';

export interface ReportOptions {
  domain?: string;
  json?: true;
  csv?: true;
  /** Every change that the run made, too. */
  changes?: true;
}

/** How far back the latest report is looked for, past a run under way and runs that were terminated. */
const SEARCHED_RUNS = 10;

/** `report [RUN]`: exits with 0 when it could be printed, whatever the run's outcome. */
export async function report(
  context: Context,
  run: string | undefined,
  options: ReportOptions,
): Promise<number> {
  const { config, out } = context;
  const domain = selectDomain(config, options.domain);
  return withGraph(config, async (db) => {
    const found = reportOf(await recordedRun(db, domain, run));
    if (options.changes) {
      const runs = await changingRuns(db, domain, { runId: found.runId });
      const format = formatOf(options);
      if (format === 'text') printReport(found, await namesIn(db, found), out);
      await printChanges(db, { domain, runs, head: found }, format, out);
    } else if (options.csv) throw new UsageError('--csv is for --changes; a report alone has --json');
    else if (options.json) out.write(`${JSON.stringify(found, null, 2)}\n`);
    else printReport(found, await namesIn(db, found), out);
    return EXIT.succeeded;
  });
}

async function recordedRun(db: GraphDatabase, domain: string, run: string | undefined): Promise<RecordedRun> {
  if (run !== undefined) {
    const found = await findReport(db, domain, run);
    if (!found)
      throw new Explained(`The graph has no run ${run} of ${domain}; run ids and numbers are in: status`);
    return found;
  }
  const newest = await lastReports(db, domain, SEARCHED_RUNS);
  const found = newest.find((each) => each.report) ?? newest[0];
  if (!found)
    throw new Explained(
      `The graph has no run of ${domain} yet. Start one with: npm run client -- run --wait`,
    );
  return found;
}

function reportOf({ runNumber, startedAt, report }: RecordedRun) {
  if (report) return report;
  throw new Explained(`Run #${runNumber}, started ${formatTime(startedAt)}, has written no report yet.`);
}
