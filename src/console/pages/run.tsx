import type { ScheduleDescription } from '@temporalio/client';
import { countOf } from '../../text/counts';
import { formatTime } from '../../text/times';
import { NO_NAMES, type Names } from '../../reportView/names';
import { removalsText, totalOf, type RemovalCounts } from '../../graph/write/approvals';
import type { Unseen } from '../../graph/write/withheld';
import type { RunView } from '../read/run';
import { manualRunId, scheduleId } from '../../runs/schedule';
import { mayAct } from '../safety/people';
import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';
import { accessPath, integrationPath, nodePath, runPath, temporalPath } from './links';
import { Live } from './live';
import { Badge, Facts, nameOf } from './parts';
import { Failure, Report } from './report';
import { ScheduleText } from './scheduleText';

export interface RunPageProps {
  page: PageContext;
  domain: string;
  runId: string;
  view: RunView;
  schedule: ScheduleDescription | undefined;
  temporal: { ui?: string; namespace: string };
  names?: Names;
  withheld?: Withheld;
  now: Date;
}

/** Removals that the run withheld. */
export interface Withheld {
  counts: RemovalCounts;
  unseen: readonly Unseen[];
  /** Why they cannot be approved; absent if they can. */
  refusal?: string;
}

/** The page of a run: live progress, then its report. */
export function RunPage(props: RunPageProps) {
  const { page, domain, runId, view, schedule, temporal, names = NO_NAMES, withheld, now } = props;
  const workflowId = view.kind === 'live' ? view.live.workflowId : view.workflowId;
  const title = view.kind === 'reported' ? `Run #${view.report.runNumber}` : 'Run';
  const isLive = view.kind === 'live';
  return (
    <Layout title={`${title} of ${domain}`} page={page} {...(isLive ? { refreshSeconds: 3 } : {})}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a>
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
        </>
      )}
      {view.kind === 'reported' && (
        <Report report={view.report} trigger={triggerOf(domain, workflowId)} names={names} />
      )}
      {view.kind === 'ended' && <Ended view={view} />}
      {withheld && <Approval page={page} domain={domain} runId={runId} withheld={withheld} />}
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

function Approval({
  page,
  domain,
  runId,
  withheld: { counts, unseen, refusal },
}: {
  page: PageContext;
  domain: string;
  runId: string;
  withheld: Withheld;
}) {
  return (
    <section class="fault" id="withheld">
      <h2>{countOf(totalOf(counts), 'withheld removal')}</h2>
      <p>{removalsText(counts)}</p>
      <p>
        They exceed the limit for one run, or contradict Okta's own counts. Removing this much at once is
        rarely correct; often, the credentials have lost an admin role. Check in Okta first.
      </p>
      {unseen.length > 0 && (
        <>
          <p>Okta no longer lists:</p>
          <ul>
            {unseen.map((node) => (
              <li>
                <a href={unseenPath(domain, node)}>{nameOf(node.name, node.id)}</a> {unseenText(node)}
              </li>
            ))}
          </ul>
        </>
      )}
      {refusal === undefined && mayAct(page, 'operator') ? (
        <Form action={`${runPath(domain, runId)}/approve`} page={page}>
          <p>
            <input type="checkbox" id="sure" name="sure" value="yes" required />{' '}
            <label for="sure">I have checked in Okta: these should be removed from the graph</label>
          </p>
          <button class="danger">Approve removals</button>
          <p class="muted">
            This starts one full run that may remove up to these numbers. Each removal is checked in Okta
            again. The approver is recorded.
          </p>
        </Form>
      ) : (
        <p>
          {refusal ??
            (page.isReadOnly
              ? 'This console is read-only: approve them in another one, or with the command line.'
              : 'An operator can approve them.')}
        </p>
      )}
    </section>
  );
}

function unseenPath(domain: string, { label, id }: Unseen): string {
  if (label === 'App') return accessPath(domain, 'apps', id);
  return label === 'GroupRule' ? accessPath(domain, 'rules', id) : nodePath(domain, label, id);
}

function unseenText({ label, email, relationships }: Unseen): string {
  switch (label) {
    case 'App':
      return `app, ${countOf(relationships, 'assignment')}`;
    case 'GroupRule':
      return 'group rule';
    default:
      return `${nameOf(email, label === 'Group' ? 'group' : '')}, ${countOf(relationships, 'membership')}`;
  }
}
