import { capitalized } from '../../text/capitalized';
import { countOf, formatCount } from '../../text/counts';
import { formatDuration, formatTime } from '../../text/times';
import { accessEdges, accessNodes, type SyncReport, type SyncWarning } from '../../contract';
import type { Names } from '../../reportView/names';
import { warningKey } from '../../reportView/warningsByCode';
import { groupByCode } from '../../faults/fault';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, runPath } from './links';
import { Badge, Table } from './parts';
import { Warning } from './report';

interface ComparePageProps {
  page: PageContext;
  domain: string;
  /** The older and the newer run. */
  reports: readonly [SyncReport, SyncReport];
  names: Names;
}

interface Measure {
  name: string;
  /** Undefined if a run has not read it. */
  values: readonly [number | undefined, number | undefined];
  text?: (value: number) => string;
}

/** Two runs side by side: what they counted, and which warnings came and went. */
export function ComparePage({ page, domain, reports, names }: ComparePageProps) {
  const [older, newer] = reports;
  const title = `Runs #${older.runNumber} and #${newer.runNumber}`;
  return (
    <Layout title={`${title} of ${domain}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a>
      </p>
      <h1>{title}</h1>
      <Table
        caption="Counts, and the newer run's difference"
        head={['Number', ...reports.map(({ runNumber }) => `##${runNumber}`), '#Difference']}
      >
        <TextRow
          name="Outcome"
          values={reports.map(({ outcome }) => (
            <Badge state={outcome} />
          ))}
        />
        <TextRow name="Mode" values={reports.map(({ mode }) => mode)} />
        <TextRow name="Started" values={reports.map(({ startedAt }) => formatTime(new Date(startedAt)))} />
        {measuresOf(older, newer).map((measure) => (
          <MeasureRow measure={measure} />
        ))}
      </Table>
      <p>
        {reports.map(({ runId, runNumber }, nth) => (
          <>
            {nth > 0 && ' · '}
            <a href={runPath(domain, runId)}>{`Run #${runNumber}`}</a>
          </>
        ))}
      </p>
      <Warnings domain={domain} older={older} newer={newer} names={names} />
    </Layout>
  );
}

function TextRow({ name, values }: { name: string; values: readonly unknown[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value) => (
        <td class="number">{value}</td>
      ))}
      <td></td>
    </tr>
  );
}

function MeasureRow({ measure: { name, values, text = formatCount } }: { measure: Measure }) {
  const [was, is] = values;
  const difference = was === undefined || is === undefined ? undefined : is - was;
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value) => (
        <td class="number">{value === undefined ? 'not read' : text(value)}</td>
      ))}
      <td class="number">{difference === undefined ? '' : signed(difference, text)}</td>
    </tr>
  );
}

function signed(difference: number, text: (value: number) => string): string {
  if (difference === 0) return 'same';
  return `${difference > 0 ? '+' : '−'}${text(Math.abs(difference))}`;
}

function measuresOf(older: SyncReport, newer: SyncReport): Measure[] {
  const [before, after] = [countsOf(older), countsOf(newer)];
  return [
    { name: 'Duration', values: [older.durationMs, newer.durationMs], text: formatDuration },
    ...[...new Set([...before.keys(), ...after.keys()])].map((name) => ({
      name,
      values: [before.get(name), after.get(name)] as const,
    })),
    {
      name: 'Waited for rate limits',
      values: [older.okta.waitedMs, newer.okta.waitedMs],
      text: formatDuration,
    },
  ];
}

/** Returns the counts of a report by their names; without those of kinds that the run has not read. */
function countsOf({ users, groups, memberships, access, okta, ...report }: SyncReport): Map<string, number> {
  const nodes = [['users', users], ['groups', groups], ...accessNodes(access)] as const;
  return new Map([
    ...nodes.flatMap(([name, counts]) =>
      (['seen', 'created', 'updated', 'deleted'] as const).map((each): [string, number] => [
        `${capitalized(name)} ${each}`,
        counts[each],
      ]),
    ),
    ...[['memberships', memberships] as const, ...accessEdges(access)].flatMap(
      ([name, { added, removed }]) => [
        [`${capitalized(name)} added`, added] as [string, number],
        [`${capitalized(name)} removed`, removed] as [string, number],
      ],
    ),
    ['Groups read', memberships.groupsRead],
    ['Groups failed', memberships.groupsFailed],
    ['Memberships in the graph', report.reconciliation.memberships],
    ['Okta API requests', okta.requests],
    ['Retries', okta.retries],
    ['Warnings', report.warnings.length + report.warningsOmitted],
  ]);
}

function Warnings({
  domain,
  older,
  newer,
  names,
}: Pick<ComparePageProps, 'domain' | 'names'> & { older: SyncReport; newer: SyncReport }) {
  const [before, after] = [older, newer].map(({ warnings }) => new Set(warnings.map(warningKey))) as [
    Set<string>,
    Set<string>,
  ];
  const isIncomplete = older.warningsOmitted + newer.warningsOmitted > 0;
  const list = (title: string, warnings: readonly SyncWarning[]) => (
    <WarningList title={title} warnings={warnings} domain={domain} names={names} />
  );
  const kept = newer.warnings.filter((warning) => before.has(warningKey(warning)));
  return (
    <section>
      <h2>Warnings</h2>
      {list(
        `New in run #${newer.runNumber}`,
        newer.warnings.filter((warning) => !before.has(warningKey(warning))),
      )}
      {list(
        `Gone since run #${older.runNumber}`,
        older.warnings.filter((warning) => !after.has(warningKey(warning))),
      )}
      <h3>{`In both: ${formatCount(kept.length)}`}</h3>
      {kept.length > 0 && (
        <ul class="results">
          {[...groupByCode(kept)].map(([code, alike]) => (
            <li>{`${code}: ${countOf(alike.length, 'warning')}`}</li>
          ))}
        </ul>
      )}
      {isIncomplete && <p class="muted">A report has more warnings than it lists; those are not compared.</p>}
    </section>
  );
}

/** Maximum number of warnings listed under one heading. */
const MAX_LISTED = 20;

function WarningList({
  title,
  warnings,
  domain,
  names,
}: {
  title: string;
  warnings: readonly SyncWarning[];
  domain: string;
  names: Names;
}) {
  return (
    <>
      <h3>{`${title}: ${formatCount(warnings.length)}`}</h3>
      {warnings.length > 0 && (
        <ul class="results">
          {warnings.slice(0, MAX_LISTED).map((warning) => (
            <li>
              {warning.code} <Warning domain={domain} warning={warning} names={names} />
            </li>
          ))}
          {warnings.length > MAX_LISTED && <li>{`and ${formatCount(warnings.length - MAX_LISTED)} more`}</li>}
        </ul>
      )}
    </>
  );
}
