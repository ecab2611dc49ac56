import type { RecordedRun } from '../../graph/read/reports';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, runsPath } from './links';
import { Table } from './parts';
import { RUN_COLUMNS, RunRow } from './runsTable';

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
  /** True if runs of what the System Log has named are listed too. */
  withTouched: boolean;
  /** The run in progress; others without an end were abandoned. */
  currentRunId: string | undefined;
  now: Date;
}

/** All runs of an org, newest first. */
export function RunsPage(props: RunsPageProps) {
  const { page, domain, runs, hasMore, before, outcome, withTouched, currentRunId, now } = props;
  const path = (
    query: { before?: number | undefined; outcome?: string | undefined },
    isWithTouched = withTouched,
  ) => {
    const given = new URLSearchParams();
    if (query.outcome !== undefined) given.set('outcome', query.outcome);
    if (query.before !== undefined) given.set('before', String(query.before));
    if (isWithTouched) given.set('touched', 'yes');
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
        <a href={path({ outcome }, !withTouched)} {...current(withTouched)}>
          with changes from the System Log
        </a>
      </nav>
      {runs.length === 0 ? (
        <p>{before === undefined && outcome === undefined ? 'No run yet.' : 'No such runs.'}</p>
      ) : (
        <Table caption="Runs, newest first" head={RUN_COLUMNS}>
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
