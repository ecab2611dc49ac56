import { formatCount } from '../../text/counts';
import { formatDuration } from '../../text/times';
import type { RecordedRun } from '../../graph/read/reports';
import { changesOf } from './chart';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, runPath, runsPath } from './links';
import { Badge, Table, TimeAgo } from './parts';

/** Outcomes that the list can be limited to. */
export const RUN_OUTCOMES = ['succeeded', 'partial', 'failed', 'cancelled', 'abandoned', 'running'] as const;

export interface RunsPageProps {
  page: PageContext;
  domain: string;
  runs: readonly RecordedRun[];
  /** True if there are older ones. */
  hasMore: boolean;
  /** The runs are older than the one with this number. */
  before: number | undefined;
  outcome: RecordedRun['outcome'] | undefined;
  /** The run in progress; others without an end were abandoned. */
  currentRunId: string | undefined;
  now: Date;
}

/** All runs of an org, newest first. */
export function RunsPage(props: RunsPageProps) {
  const { page, domain, runs, hasMore, before, outcome, currentRunId, now } = props;
  const path = (query: { before?: number | undefined; outcome?: string | undefined }) => {
    const given = new URLSearchParams();
    if (query.outcome !== undefined) given.set('outcome', query.outcome);
    if (query.before !== undefined) given.set('before', String(query.before));
    return given.size === 0 ? runsPath(domain) : `${runsPath(domain)}?${given}`;
  };
  const current = (isCurrent: boolean) => (isCurrent ? { 'aria-current': 'true' as const } : {});
  return (
    <Layout title={`Runs of ${domain}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a>
      </p>
      <h1>Runs</h1>
      <nav class="filters" aria-label="Outcome">
        <a href={path({})} {...current(outcome === undefined)}>
          All
        </a>
        {RUN_OUTCOMES.map((each) => (
          <a href={path({ outcome: each })} {...current(outcome === each)}>
            {each}
          </a>
        ))}
      </nav>
      {runs.length === 0 ? (
        <p>{before === undefined && outcome === undefined ? 'No run yet.' : 'No such runs.'}</p>
      ) : (
        <Table
          caption="Runs, newest first"
          head={['Run', 'Outcome', 'Started', 'Mode', '#Duration', '#Changes', '#Requests', '#Warnings']}
        >
          {runs.map((run) => (
            <RunRow domain={domain} run={run} isCurrent={run.runId === currentRunId} now={now} />
          ))}
        </Table>
      )}
      <p class="row">
        {before !== undefined && (
          <a class="button quiet" href={path({ outcome })}>
            Newest
          </a>
        )}
        {hasMore && (
          <a class="button" href={path({ outcome, before: runs.at(-1)?.runNumber })} rel="next">
            Older
          </a>
        )}
      </p>
    </Layout>
  );
}

/** A run in a table: its outcome, and the numbers of its report once it has one. */
export function RunRow({
  domain,
  run: { runId, runNumber, outcome, mode, startedAt, report },
  isCurrent,
  now,
}: {
  domain: string;
  run: RecordedRun;
  isCurrent: boolean;
  now: Date;
}) {
  const isAbandoned = outcome === 'running' && !isCurrent;
  return (
    <tr>
      <th scope="row">
        <a href={runPath(domain, runId)}>#{runNumber}</a>
      </th>
      <td>
        <Badge state={isAbandoned ? 'abandoned' : outcome} />
      </td>
      <td>
        <TimeAgo time={startedAt} now={now} />
      </td>
      <td>{mode}</td>
      {report ? (
        <>
          <td class="number">{formatDuration(report.durationMs)}</td>
          <td class="number">{formatCount(changesOf(report))}</td>
          <td class="number">{formatCount(report.okta.requests)}</td>
          <td class="number">{formatCount(report.warnings.length + report.warningsOmitted)}</td>
        </>
      ) : (
        <td colspan={4} class="muted">
          {isAbandoned ? 'ended without a report' : 'in progress'}
        </td>
      )}
    </tr>
  );
}
