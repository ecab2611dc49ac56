import { formatCount } from '../../text/counts';
import { formatDuration } from '../../text/times';
import type { RecordedRun } from '../../graph/read/reports';
import type { SettingsChange } from '../../graph/write/settingsChanges';
import type { Integration } from '../read/integration';
import type { UnrecordedRun } from '../read/unrecorded';
import { changesIn } from '../../contract';
import { runPath, runsPath } from './links';
import { Badge, nameOf, Table, TimeAgo } from './parts';

/** The last runs and settings changes, newest first. */
export function RunsTable({ integration, now }: { integration: Integration; now: Date }) {
  const { domain, runs, unrecorded, changes, currentRun } = integration;
  if (runs.length + unrecorded.length + changes.length === 0) return null;
  // A run can wait for a worker before it writes that it has started.
  const asked = runs.map((run) =>
    run.runId === currentRun?.runId ? { ...run, startedAt: currentRun.startedAt } : run,
  );
  const rows = [
    ...asked.map((run) => ({
      at: run.startedAt,
      row: <RunRow domain={domain} run={run} isCurrent={run.runId === currentRun?.runId} now={now} />,
    })),
    ...unrecorded.map((run) => ({
      at: run.startedAt,
      row: <UnrecordedRow domain={domain} run={run} now={now} />,
    })),
    ...changes.map((change) => ({ at: change.at, row: <ChangeRow change={change} now={now} /> })),
  ].sort((a, b) => b.at.getTime() - a.at.getTime());
  return (
    <section>
      <h2>Runs</h2>
      <Table caption="Last runs and settings changes" head={RUN_COLUMNS}>
        {rows.map(({ row }) => row)}
      </Table>
      <p>
        <a href={runsPath(domain)}>All runs</a>
      </p>
    </section>
  );
}

/** Columns of a table of runs. */
export const RUN_COLUMNS = [
  'Run',
  'Outcome',
  'Started',
  'Mode',
  '#Duration',
  '#Changes',
  '#Requests',
  '#Warnings',
] as const;

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
          <td class="number">{formatCount(changesIn(report))}</td>
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

function ChangeRow({ change: { at, what, by }, now }: { change: SettingsChange; now: Date }) {
  return (
    <tr>
      <th scope="row" class="muted">
        settings
      </th>
      <td></td>
      <td>
        <TimeAgo time={at} now={now} />
      </td>
      <td colspan={5}>{nameOf(by === undefined ? what : `${what} (${by})`, '')}</td>
    </tr>
  );
}

/** The row of a run that failed to start, or was terminated before it wrote anything. */
function UnrecordedRow({ domain, run, now }: { domain: string; run: UnrecordedRun; now: Date }) {
  return (
    <tr>
      <th scope="row">
        <a href={runPath(domain, run.runId)}>unnumbered</a>
      </th>
      <td>
        <Badge state={run.status === 'CANCELLED' ? 'cancelled' : 'failed'} />
      </td>
      <td>
        <TimeAgo time={run.startedAt} now={now} />
      </td>
      <td></td>
      <td colspan={4} class="muted">
        ended without a report
      </td>
    </tr>
  );
}
