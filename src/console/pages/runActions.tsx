import { formatDuration } from '../../text/times';
import type { Config } from '../../config';
import type { Integration } from '../read/integration';
import { mayAct } from '../safety/people';
import { Form } from './layout';
import { integrationPath, runPath } from './links';
import type { PageContext } from './pageContext';
import { Facts, TimeAgo } from './parts';

export type SyncSettings = Pick<Config['sync'], 'fullEveryMs' | 'verify'>;

/** Describes what an automatic run reads. */
function automaticText({ fullEveryMs, verify }: SyncSettings): string {
  if (fullEveryMs === 0) return 'Automatic: everything';
  const every = formatDuration(fullEveryMs);
  return verify === 'daily'
    ? `Automatic: changes, and everything every ${every}`
    : `Automatic: changes, and a share of the rest; everything within ${every}`;
}

interface RunNowProps {
  page: PageContext;
  integration: Integration;
  sync: SyncSettings;
  now: Date;
}

/** The run in progress, and a form to start one. */
export function RunNow({ page, integration: { domain, currentRun }, sync, now }: RunNowProps) {
  if (!mayAct(page, 'operator') && !currentRun) return null;
  return (
    <section id="run">
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

/** Forms to create, pause and resume the schedule. */
export function ScheduleForms({
  page,
  integration: { domain, schedule },
}: Pick<RunNowProps, 'page' | 'integration'>) {
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
