import { formatCount } from '../../cli/counts';
import { formatDuration } from '../../cli/duration';
import type { RecordedRun } from '../../graph/reports';
import type { SettingsChange } from '../../graph/settingsChanges';
import type { Integration } from '../read/integration';
import type { UnrecordedRun } from '../read/unrecorded';
import { changesOf, RunsChart } from './chart';
import { Form, Layout, type PageContext } from './layout';
import { integrationPath, listPath, runPath } from './links';
import { Ago, Badge, Count, Facts, nameOf, Table } from './parts';
import { ScheduleText } from './scheduleText';

interface IntegrationPageProps {
  page: PageContext;
  integration: Integration;
  /** Whether its credentials can be changed here. */
  isManaged: boolean;
  now: Date;
}

/** One integration: what can be done now, its schedule and its last runs. */
export function IntegrationPage({ page, integration, isManaged, now }: IntegrationPageProps) {
  const { domain, state, schedule, lastSuccess, size } = integration;
  return (
    <Layout title={domain} page={page} refreshSeconds={integration.underWay ? 10 : 60}>
      <h1>
        {domain} <Badge state={state} />
      </h1>
      <Facts
        facts={[
          ['Schedule', <ScheduleText schedule={schedule} now={now} />],
          [
            'Last success',
            lastSuccess?.finishedAt ? <Ago time={lastSuccess.finishedAt} now={now} /> : 'never',
          ],
          ['Users', <Count value={size.users} href={listPath(domain, 'User')} />],
          ['Groups', <Count value={size.groups} href={listPath(domain, 'Group')} />],
        ]}
      />
      <RunNow page={page} integration={integration} now={now} />
      <ScheduleForms page={page} integration={integration} />
      <Runs integration={integration} now={now} />
      {isManaged && (
        <p>
          <a href={`${integrationPath(domain)}/settings`}>Credentials and removal</a>
        </p>
      )}
    </Layout>
  );
}

function RunNow({
  page,
  integration: { domain, underWay },
  now,
}: Pick<IntegrationPageProps, 'page' | 'integration' | 'now'>) {
  return (
    <section>
      <h2>Run now</h2>
      {underWay && (
        <p data-events={`${runPath(domain, underWay.runId)}/events`} data-quiet="">
          <a href={runPath(domain, underWay.runId)}>
            A run is under way, started <Ago time={underWay.startedAt} now={now} />
          </a>
          ; another one can be started once it has ended.
        </p>
      )}
      <Form action={`${integrationPath(domain)}/run`} page={page} class="row">
        <label for="mode">What to read</label>
        <select id="mode" name="mode" disabled={underWay !== undefined}>
          <option value="auto">Automatic: what changed, and everything once a day</option>
          <option value="incremental">Incremental: what changed</option>
          <option value="full">Full: everything</option>
        </select>
        <button disabled={underWay !== undefined}>Run now</button>
      </Form>
    </section>
  );
}

function ScheduleForms({
  page,
  integration: { domain, schedule },
}: Pick<IntegrationPageProps, 'page' | 'integration'>) {
  const path = integrationPath(domain);
  return (
    <section>
      <h2>Schedule</h2>
      {!schedule && (
        <Form action={`${path}/schedule`} page={page}>
          <button>Create the schedule</button>
        </Form>
      )}
      {schedule?.state.paused && (
        <Form action={`${path}/resume`} page={page}>
          <button>Resume</button>
        </Form>
      )}
      {schedule && !schedule.state.paused && (
        <Form action={`${path}/pause`} page={page} class="row">
          <label for="why">Why, for the next who looks (may be empty)</label>
          <input id="why" name="note" maxlength={200} />
          <button>Pause</button>
        </Form>
      )}
      {schedule && (
        <Facts
          facts={[
            ['Created', schedule.info.createdAt.toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
            schedule.info.lastUpdatedAt && [
              'Last changed',
              schedule.info.lastUpdatedAt.toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
            ],
          ]}
        />
      )}
    </section>
  );
}

function Runs({ integration, now }: { integration: Integration; now: Date }) {
  const { domain, runs, unrecorded, changes, underWay } = integration;
  if (runs.length + unrecorded.length + changes.length === 0) return null;
  const rows = [
    ...runs.map((run) => ({
      at: run.startedAt,
      row: <RunRow domain={domain} run={run} isUnderWay={run.runId === underWay?.runId} now={now} />,
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
      <RunsChart runs={runs} />
      <Table
        caption="The last runs, and what was changed in the settings here"
        head={['Run', 'Outcome', 'Started', 'Mode', '#Duration', '#Changes', '#Calls', '#Warnings']}
      >
        {rows.map(({ row }) => row)}
      </Table>
    </section>
  );
}

function RunRow({
  domain,
  run: { runId, runNumber, outcome, mode, startedAt, report },
  isUnderWay,
  now,
}: {
  domain: string;
  run: RecordedRun;
  isUnderWay: boolean;
  now: Date;
}) {
  const isGone = outcome === 'running' && !isUnderWay;
  return (
    <tr>
      <th scope="row">
        <a href={runPath(domain, runId)}>#{runNumber}</a>
      </th>
      <td>
        <Badge state={isGone ? 'abandoned' : outcome} />
      </td>
      <td>
        <Ago time={startedAt} now={now} />
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
          {isGone ? 'ended without a report' : 'under way'}
        </td>
      )}
    </tr>
  );
}

function ChangeRow({ change: { at, what }, now }: { change: SettingsChange; now: Date }) {
  return (
    <tr>
      <th scope="row" class="muted">
        settings
      </th>
      <td></td>
      <td>
        <Ago time={at} now={now} />
      </td>
      <td colspan={5}>{nameOf(what, '')}</td>
    </tr>
  );
}

/** A run that could not begin, or was stopped before it could write anything. */
function UnrecordedRow({ domain, run, now }: { domain: string; run: UnrecordedRun; now: Date }) {
  return (
    <tr>
      <th scope="row">
        <a href={runPath(domain, run.runId)}>without a number</a>
      </th>
      <td>
        <Badge state={run.status === 'CANCELLED' ? 'cancelled' : 'failed'} />
      </td>
      <td>
        <Ago time={run.startedAt} now={now} />
      </td>
      <td></td>
      <td colspan={4} class="muted">
        ended without a report
      </td>
    </tr>
  );
}
