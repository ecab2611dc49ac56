import { groupByCode } from '../../faults/fault';
import { healthOf, isLate, lastCompleted } from '../read/health';
import type { Integration } from '../read/integration';
import { runPath } from './links';
import { TimeAgo } from './parts';
import { ScheduleText } from './scheduleText';

interface FreshnessProps {
  integration: Integration;
  now: Date;
}

/** How old the graph of an org is, when it is synced next, and what is wrong. */
export function Freshness({ integration, now }: FreshnessProps) {
  const { domain, schedule, lastSuccess, currentRun } = integration;
  const last = lastCompleted(integration);
  return (
    <>
      <p>
        {last?.finishedAt ? (
          <>
            Synced{' '}
            <a href={runPath(domain, last.runId)}>
              <TimeAgo time={last.finishedAt} now={now} />
            </a>
          </>
        ) : (
          'Not synced yet'
        )}
        {currentRun && (
          <>
            , <a href="#run">syncing now</a>
          </>
        )}
        {last?.runId !== lastSuccess?.runId && lastSuccess?.finishedAt && (
          <>
            , last success{' '}
            <a href={runPath(domain, lastSuccess.runId)}>
              <TimeAgo time={lastSuccess.finishedAt} now={now} />
            </a>
          </>
        )}
        {'. Schedule: '}
        <ScheduleText schedule={schedule} now={now} />
      </p>
      {isLate(integration, now) && (
        <p class="warning">
          No run has succeeded in the last two intervals of the schedule. <code>okta-graph check</code> says
          whether the worker, Temporal and Okta answer.
        </p>
      )}
      <Reason integration={integration} />
    </>
  );
}

/** What went wrong in the last run, with a link to it. */
function Reason({ integration }: Pick<FreshnessProps, 'integration'>) {
  const { domain, runs, unrecorded, currentRun } = integration;
  const health = healthOf(integration);
  const last = runs.find(({ runId }) => runId !== currentRun?.runId);
  const [lost] = unrecorded;
  if (lost && (!last || lost.startedAt > last.startedAt))
    return (
      <p class="fault">
        <a href={runPath(domain, lost.runId)}>The last run</a> ended without a report.
      </p>
    );
  if ((health !== 'error' && health !== 'warning') || !last) return null;
  const { runId, runNumber, outcome, report } = last;
  const codes = report ? [...groupByCode(report.warnings).keys()].join(', ') : '';
  return (
    <p class={health === 'error' ? 'fault' : 'warning'}>
      <a href={runPath(domain, runId)}>{`Run #${runNumber}`}</a>
      {` ${outcome === 'partial' ? `was partial: ${codes}` : `${outcome}: ${report?.failure?.message ?? 'see its page'}`}`}
    </p>
  );
}
