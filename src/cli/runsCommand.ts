import { withGraph } from '../connections/connect';
import type { NodeCounts } from '../contract';
import { lastReports, type RecordedRun } from '../graph/read/reports';
import { formatCount } from '../text/counts';
import { paintOutcome, styleOf, type TextStyle } from '../text/style';
import { renderTable } from '../text/table';
import { formatDuration, formatTime } from '../text/times';
import type { Context } from './context';
import { EXIT } from './exitCodes';
import { domainToRead } from './selectOrg';

export interface RunsOptions {
  domain?: string;
  limit: number;
  json?: true;
}

/** `runs`: lists the latest runs that the graph has recorded, newest first. */
export async function runs({ config, out }: Context, options: RunsOptions): Promise<number> {
  return withGraph(config, async (db) => {
    const domain = await domainToRead(db, config, options.domain);
    const found = await lastReports(db, domain, options.limit);
    if (options.json) out.write(`${JSON.stringify(found, null, 2)}\n`);
    else if (found.length === 0) out.write(`The graph has no run of ${domain} yet.\n`);
    else out.write(`${tableOf(found, styleOf(out))}\n`);
    return EXIT.succeeded;
  });
}

const HEAD = ['run', 'started', 'took', 'mode', 'outcome', 'users', 'groups', 'memberships', 'warnings'];

function tableOf(found: readonly RecordedRun[], style: TextStyle): string {
  const rows = found.map((run) => row(run, style));
  return renderTable(HEAD, rows, { style });
}

function row(
  { runNumber, startedAt, finishedAt, mode, outcome, report }: RecordedRun,
  style: TextStyle,
): string[] {
  return [
    `#${runNumber}`,
    formatTime(startedAt),
    finishedAt ? formatDuration(finishedAt.getTime() - startedAt.getTime()) : '',
    mode,
    paintOutcome(outcome, style),
    ...(report
      ? [
          changesOf(report.users),
          changesOf(report.groups),
          changesText(report.memberships.added, 0, report.memberships.removed),
          formatCount(report.warnings.length + report.warningsOmitted),
        ]
      : []),
  ];
}

const changesOf = ({ created, updated, deleted }: NodeCounts) => changesText(created, updated, deleted);

/** Returns text such as `+12 ~3 -1`; empty if nothing changed. */
function changesText(created: number, updated: number, deleted: number): string {
  const parts = [created && `+${formatCount(created)}`, updated && `~${formatCount(updated)}`];
  return [...parts, deleted && `-${formatCount(deleted)}`].filter(Boolean).join(' ');
}
