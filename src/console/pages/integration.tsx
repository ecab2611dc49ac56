import { formatCount } from '../../text/counts';
import { formatDuration } from '../../text/times';
import type { Config } from '../../config';
import type { RecordedRun } from '../../graph/read/reports';
import type { SettingsChange } from '../../graph/write/settingsChanges';
import type { Integration } from '../read/integration';
import type { UnrecordedRun } from '../read/unrecorded';
import { changesOf, RunsChart } from './chart';
import { mayAct } from '../safety/people';
import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';
import type { AccessPageKind } from '../../graph/read/access';
import { ACCESS_TITLES } from './accessWords';
import { accessPath, integrationPath, runPath } from './links';
import { TimeAgo, Badge, Facts, nameOf, sizeFacts, Table } from './parts';
import { ScheduleText } from './scheduleText';

interface IntegrationPageProps {
  page: PageContext;
  integration: Integration;
  /** Kinds of which the graph has something. */
  access: readonly AccessPageKind[];
  /** True if its credentials can be changed in the console. */
  isManaged: boolean;
  sync: Pick<Config['sync'], 'fullEveryMs' | 'verify'>;
  now: Date;
}

/** The page of an integration: actions, schedule and last runs. */
export function IntegrationPage({ page, integration, access, isManaged, sync, now }: IntegrationPageProps) {
  const { domain, state, schedule, lastSuccess, size } = integration;
  return (
    <Layout title={domain} page={page} refreshSeconds={integration.currentRun ? 10 : 60}>
      <h1>
        {domain} <Badge state={state} />
      </h1>
      <Facts
        facts={[
          ['Schedule', <ScheduleText schedule={schedule} now={now} />],
          [
            'Last success',
            lastSuccess?.finishedAt ? <TimeAgo time={lastSuccess.finishedAt} now={now} /> : 'Never',
          ],
          ...sizeFacts(domain, size),
          access.length > 0 && [
            'Access',
            access.map((kind, index) => (
              <>
                {index > 0 && ', '}
                <a href={accessPath(domain, kind)}>{ACCESS_TITLES[kind].toLowerCase()}</a>
              </>
            )),
          ],
        ]}
      />
      <RunNow page={page} integration={integration} sync={sync} now={now} />
      <ScheduleForms page={page} integration={integration} />
      <Runs integration={integration} now={now} />
      {isManaged && (
        <p>
          <a href={`${integrationPath(domain)}/settings`}>Settings</a>
        </p>
      )}
    </Layout>
  );
}

/** Describes what an automatic run reads. */
function automaticText({ fullEveryMs, verify }: IntegrationPageProps['sync']): string {
  if (fullEveryMs === 0) return 'Automatic: everything';
  const every = formatDuration(fullEveryMs);
  return verify === 'daily'
    ? `Automatic: changes, and everything every ${every}`
    : `Automatic: changes, and a share of the rest; everything within ${every}`;
}

function RunNow({
  page,
  integration: { domain, currentRun },
  sync,
  now,
}: Pick<IntegrationPageProps, 'page' | 'integration' | 'sync' | 'now'>) {
  if (!mayAct(page, 'operator') && !currentRun) return null;
  return (
    <section>
      <h2>{mayAct(page, 'operator') ? 'Run now' : 'In progress'}</h2>
      {currentRun && (
        <p data-events={`${runPath(domain, currentRun.runId)}/events`} data-quiet="">
          <a href={runPath(domain, currentRun.runId)}>
            A run is in progress, started <TimeAgo time={currentRun.startedAt} now={now} />
          </a>
          {mayAct(page, 'operator') ? '. You can start another run after it ends.' : '.'}
        </p>
      )}
      {mayAct(page, 'operator') && (
        <Form action={`${integrationPath(domain)}/run`} page={page} class="row">
          <label for="mode">Mode</label>
          <select id="mode" name="mode" disabled={currentRun !== undefined}>
            <option value="auto">{automaticText(sync)}</option>
            <option value="incremental">Incremental: changes</option>
            <option value="full">Full: everything</option>
          </select>
          <button disabled={currentRun !== undefined}>Run now</button>
        </Form>
      )}
    </section>
  );
}

function ScheduleForms({
  page,
  integration: { domain, schedule },
}: Pick<IntegrationPageProps, 'page' | 'integration'>) {
  const path = integrationPath(domain);
  if (!mayAct(page, 'operator') && !schedule) return null;
  return (
    <section>
      <h2>Schedule</h2>
      {!schedule && mayAct(page, 'operator') && (
        <Form action={`${path}/schedule`} page={page}>
          <button>Create schedule</button>
        </Form>
      )}
      {schedule?.state.paused && mayAct(page, 'operator') && (
        <Form action={`${path}/resume`} page={page}>
          <button>Resume</button>
        </Form>
      )}
      {schedule && !schedule.state.paused && mayAct(page, 'operator') && (
        <Form action={`${path}/pause`} page={page} class="row">
          <label for="why">Note (optional)</label>
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
      <RunsChart runs={runs} />
      <Table
        caption="Last runs and settings changes"
        head={['Run', 'Outcome', 'Started', 'Mode', '#Duration', '#Changes', '#Requests', '#Warnings']}
      >
        {rows.map(({ row }) => row)}
      </Table>
    </section>
  );
}

function RunRow({
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
