import type { ScheduleDescription } from '@temporalio/client';
import { accessNodes, logRunId, type SyncReport } from '../../contract';
import { formatCount } from '../../text/counts';
import { formatTime } from '../../text/times';
import { NO_NAMES, type Names } from '../../reportView/names';
import type { PhaseTime } from '../../graph/read/phases';
import type { RecordedRun, RunRef } from '../../graph/read/reports';
import type { RunView } from '../read/run';
import type { RunChanges } from '../read/runChanges';
import { manualRunId, scheduleId } from '../../runs/schedule';
import { mayAct } from '../safety/people';
import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, runPath, runsPath, temporalPath } from './links';
import { Live } from './live';
import { Badge, Facts, FirstOf } from './parts';
import { Failure, Report } from './report';
import { ChangesTable, MissingText } from './runChanges';
import { ScheduleText } from './scheduleText';
import { WithheldSection, type Withheld } from './withheld';

export interface RunPageProps {
  page: PageContext;
  domain: string;
  runId: string;
  view: RunView;
  schedule: ScheduleDescription | undefined;
  temporal: { ui?: string; namespace: string };
  reported?: Reported | undefined;
  now: Date;
}

/** What the page of a run with a report shows beyond it. */
export interface Reported {
  names: Names;
  phases: readonly PhaseTime[];
  /** The first changes that it made; undefined if the graph does not have the run. */
  changes: RunChanges | undefined;
  withheld: Withheld | undefined;
  /** The run with lists before it that the graph has. */
  before: RecordedRun | undefined;
  /** The runs before and after it that the graph has; those without lists only if it has none itself. */
  older: RunRef | undefined;
  newer: RunRef | undefined;
}

/** The page of a run: live progress, then its report. */
export function RunPage(props: RunPageProps) {
  const { page, domain, runId, view, schedule, temporal, reported, now } = props;
  const workflowId = view.kind === 'live' ? view.live.workflowId : view.workflowId;
  const number =
    view.kind === 'reported' ? view.report.runNumber : view.kind === 'live' ? view.live.runNumber : undefined;
  const title = number === undefined ? 'Run' : `Run #${number}`;
  const isLive = view.kind === 'live';
  return (
    <Layout title={`${title} of ${domain}`} page={page} {...(isLive ? { refreshSeconds: 3 } : {})}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / <a href={runsPath(domain)}>Runs</a>
      </p>
      <h1>
        {title} <Badge state={badgeOf(view)} />
      </h1>
      {isLive && (
        <>
          <p id="stage" role="status" class="hidden"></p>
          <div id="live" data-events={`${runPath(domain, runId)}/events`}>
            <Live live={view.live} now={now} />
          </div>
          {mayAct(page, 'operator') && <Stop page={page} domain={domain} runId={runId} />}
        </>
      )}
      {view.kind === 'reported' && (
        <>
          {reported && <Neighbors domain={domain} runId={runId} reported={reported} />}
          <Report
            report={view.report}
            trigger={triggerOf(domain, workflowId)}
            names={reported?.names ?? NO_NAMES}
            phases={reported?.phases ?? []}
            before={reported?.before?.report}
          />
        </>
      )}
      {view.kind === 'ended' && <Ended view={view} />}
      {reported?.withheld && (
        <WithheldSection page={page} domain={domain} runId={runId} withheld={reported.withheld} />
      )}
      {reported?.changes && view.kind === 'reported' && (
        <Changes domain={domain} report={view.report} changes={reported.changes} />
      )}
      <Facts
        facts={[
          view.kind !== 'reported' && ['Trigger', triggerOf(domain, workflowId)],
          ['Next run', <ScheduleText schedule={schedule} now={now} />],
          [
            'Workflow',
            temporal.ui === undefined ? (
              <code>{workflowId}</code>
            ) : (
              <a href={temporalPath(temporal.ui, temporal.namespace, workflowId, runId)}>
                {workflowId} in the Temporal UI
              </a>
            ),
          ],
          ['Run ID', <code>{runId}</code>],
        ]}
      />
    </Layout>
  );
}

/** Links to the runs before and after, and to the comparison with the one before that has lists. */
function Neighbors({
  domain,
  runId,
  reported: { before, older, newer },
}: {
  domain: string;
  runId: string;
  reported: Reported;
}) {
  if (!older && !newer) return null;
  return (
    <nav class="filters" aria-label="Other runs">
      {older && (
        <a href={runPath(domain, older.runId)} rel="prev">
          {`Older: run #${older.runNumber}`}
        </a>
      )}
      {newer && (
        <a href={runPath(domain, newer.runId)} rel="next">
          {`Newer: run #${newer.runNumber}`}
        </a>
      )}
      {before && (
        <a href={`${runPath(domain, runId)}/compare?with=${encodeURIComponent(before.runId)}`}>
          {`Compare with run #${before.runNumber}`}
        </a>
      )}
    </nav>
  );
}

function Changes({ domain, report, changes: { changes, total, missing } }: ChangesProps) {
  const updated = accessNodes(report.access).filter(([, counts]) => counts.updated > 0);
  if (total === 0 && updated.length === 0) return null;
  return (
    <section>
      <h2>What changed</h2>
      {changes.length > 0 && <ChangesTable domain={domain} changes={changes} />}
      {missing === 0 && <FirstOf shown={changes.length} total={total} />}
      <MissingText missing={missing} />
      {updated.length > 0 && (
        <p class="muted">
          {`Not listed: ${updated.map(([name, counts]) => `${formatCount(counts.updated)} updated ${name}`).join(' and ')}. The graph has them as they are now, without what changed.`}
        </p>
      )}
      {missing === 0 && changes.length < total && (
        <p>
          <a href={`${runPath(domain, report.runId)}/changes`}>All changes of this run</a>
        </p>
      )}
    </section>
  );
}

interface ChangesProps {
  domain: string;
  report: SyncReport;
  changes: RunChanges;
}

/** Stops the run. */
function Stop({ page, domain, runId }: { page: PageContext; domain: string; runId: string }) {
  return (
    <details>
      <summary>Stop this run</summary>
      <Form action={`${runPath(domain, runId)}/cancel`} page={page}>
        <p>
          <input type="checkbox" id="stop" name="sure" value="yes" required />{' '}
          <label for="stop">
            Stop it: what it has written stays in the graph, and the next run continues with the rest
          </label>
        </p>
        <button class="danger">Stop run</button>
      </Form>
    </details>
  );
}

function badgeOf(view: RunView) {
  switch (view.kind) {
    case 'live':
      return 'running';
    case 'reported':
      return view.report.outcome;
    case 'ended':
      return view.status === 'FAILED' ? 'failed' : view.status === 'CANCELLED' ? 'cancelled' : 'abandoned';
  }
}

/** Returns what started a run, from its workflow id. */
function triggerOf(domain: string, workflowId: string): string {
  if (workflowId.startsWith(`${scheduleId(domain)}-`)) return 'Schedule';
  if (workflowId === logRunId(domain, 'touched') || workflowId === logRunId(domain, 'incremental'))
    return 'System Log';
  return workflowId === manualRunId(domain) ? 'Manual' : `Manual (${workflowId})`;
}

function Ended({ view }: { view: Extract<RunView, { kind: 'ended' }> }) {
  return (
    <>
      {view.why ? (
        <Failure fault={view.why} />
      ) : (
        <p class="fault">
          {view.status === 'CANCELLED'
            ? 'The run was canceled before it started.'
            : 'The run was terminated and has no report. The next run completes its work.'}
        </p>
      )}
      <Facts
        facts={[['Started', formatTime(view.startedAt)], view.endedAt && ['Ended', formatTime(view.endedAt)]]}
      />
    </>
  );
}
