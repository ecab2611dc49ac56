import { becomesOf } from '../codes';
import { adviceOn } from '../faults/fault';
import { accessEdges, accessNodes, type NodeCounts, type SyncReport } from '../contract';
import { countOf, formatCount } from '../text/counts';
import { formatDuration, formatTime } from '../text/times';
import { approvalText, type Names } from '../reportView/names';
import { excludedText } from '../reportView/excludedText';
import { verifiedText } from '../reportView/verifiedText';
import { printable } from '../text/printable';
import { paintOutcome, styleOf, type TextStyle } from '../text/style';
import { renderFields, renderTable } from '../text/table';
import { formatWarnings } from '../reportView/formatWarnings';

/** Prints a report as text. `names` are shown next to the Okta IDs. */
export function printReport(report: SyncReport, names: Names, stream: NodeJS.WritableStream): void {
  const style = styleOf(stream);
  const sections = [
    headline(report, style),
    nodesTable(report, style),
    totalsOf(report, names, style),
    failureText(report, style),
    formatWarnings(report, names),
  ];
  stream.write(sections.filter(Boolean).join('\n'));
}

function headline(
  { domain, runNumber, runId, outcome, mode, durationMs, finishedAt }: SyncReport,
  style: TextStyle,
): string {
  return (
    `Run #${runNumber} of ${domain} ${paintOutcome(outcome, style)}: ${mode}, ${formatDuration(durationMs)}, ` +
    `ended ${formatTime(new Date(finishedAt))}\nRun ${runId}\n`
  );
}

function nodesTable({ users, groups, access }: SyncReport, style: TextStyle): string {
  const row = (name: string, { seen, created, updated, deleted }: NodeCounts) => [
    name,
    ...[seen, created, updated, deleted].map(formatCount),
  ];
  const rows = [
    row('users', users),
    row('groups', groups),
    ...accessNodes(access).map(([name, counts]) => row(name, counts)),
  ];
  return `${renderTable(['', 'read', 'created', 'updated', 'deleted'], rows, { numeric: true, style })}\n`;
}

function totalsOf(report: SyncReport, names: Names, style: TextStyle): string {
  const { memberships, reportingLines, okta, reconciliation } = report;
  const approval = approvalText(report, names);
  const { added, removed, groupsRead, groupsUnchanged, groupsFailed } = memberships;
  const { requests, rateLimited, waitedMs, retries } = okta;
  const [addedText, removedText] = [added, removed].map(formatCount);
  const fields = [
    [
      'memberships',
      `${addedText} added, ${removedText} removed; ${countOf(groupsRead, 'group')} read${verifiedText(memberships)}, ` +
        `${formatCount(groupsUnchanged)} unchanged, ${formatCount(groupsFailed)} failed${excludedText(memberships)}`,
    ],
    ...(reportingLines
      ? [
          [
            'managers',
            `${countOf(reportingLines.total, 'reporting line')}; ` +
              `${formatCount(reportingLines.added)} added, ${formatCount(reportingLines.removed)} removed`,
          ],
        ]
      : []),
    ...accessEdges(report.access).map(([name, { total, added, removed }]) => [
      name,
      `${formatCount(added)} added, ${formatCount(removed)} removed; ${formatCount(total)} in the graph`,
    ]),
    [
      'in the graph',
      `${countOf(reconciliation.memberships, 'membership')}; Okta's member counts add up to ${formatCount(reconciliation.usersCount)}`,
    ],
    [
      'Okta',
      `${countOf(requests, 'request')}, ${formatCount(rateLimited)} rate limited, ` +
        `${countOf(retries, 'retry', 'retries')}, waited ${formatDuration(waitedMs)}`,
    ],
    ...(approval === undefined ? [] : [['approved', approval]]),
  ];
  return `${renderFields(fields, style)}\n`;
}

function failureText({ failure }: SyncReport, { paint }: TextStyle): string {
  if (!failure) return '';
  const advice = adviceOn(failure);
  const next =
    becomesOf(failure.code) === 'will retry'
      ? 'Nothing is lost: the next run continues from here. To check the connections now:'
      : 'Then run:';
  return [
    `${paint('bad', failure.code)}: ${printable(failure.message)}`,
    ...(advice === undefined ? [] : [`-> ${printable(advice)}`]),
    ...(/^(OKTA|GRAPH)_/.test(failure.code) ? [`-> ${next} okta-graph check`] : []),
    '',
  ].join('\n');
}
