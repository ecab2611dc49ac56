import { withGraph } from '../connections/connect';
import { accessChanges, type NodeCounts } from '../contract';
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
  touched?: true;
  json?: true;
}

/** `runs`: lists the latest runs that the graph has recorded, newest first. */
export async function runs({ config, out }: Context, options: RunsOptions): Promise<number> {
  return withGraph(config, async (db) => {
    const domain = await domainToRead(db, config, options.domain);
    const withTouched = options.touched ?? false;
    const found = await lastReports(db, domain, options.limit, undefined, { withTouched });
    if (options.json) out.write(`${JSON.stringify(found, null, 2)}\n`);
    else if (found.length === 0) out.write(`The graph has no run of ${domain} yet.\n`);
    else out.write(`${tableOf(found, styleOf(out))}\n`);
    return EXIT.succeeded;
  });
}

const HEAD = [
  'run',
  'started',
  'took',
  'mode',
  'outcome',
  'users',
  'groups',
  'memberships',
  'access',
  'warnings',
];

function tableOf(found: readonly RecordedRun[], style: TextStyle): string {
  const hasAccess = found.some(({ report }) => accessChanges(report?.access));
  const head = HEAD.filter((column) => column !== 'access' || hasAccess);
  return renderTable(
    head,
    found.map((run) => row(run, hasAccess, style)),
    { style },
  );
}

function row(
  { runNumber, startedAt, finishedAt, mode, outcome, report }: RecordedRun,
  hasAccess: boolean,
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
          ...(hasAccess ? [changesOf(accessChanges(report.access) ?? NO_CHANGES)] : []),
          formatCount(report.warnings.length + report.warningsOmitted),
        ]
      : []),
  ];
}

type Changes = Pick<NodeCounts, 'created' | 'updated' | 'deleted'>;

const NO_CHANGES: Changes = { created: 0, updated: 0, deleted: 0 };

const changesOf = ({ created, updated, deleted }: Changes) => changesText(created, updated, deleted);

/** Returns text such as `+12 ~3 -1`; empty if nothing changed. */
function changesText(created: number, updated: number, deleted: number): string {
  const parts = [created && `+${formatCount(created)}`, updated && `~${formatCount(updated)}`];
  return [...parts, deleted && `-${formatCount(deleted)}`].filter(Boolean).join(' ');
}
