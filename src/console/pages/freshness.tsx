import { groupByCode } from '../../faults/fault';
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
  const { domain, schedule, runs, lastSuccess, currentRun } = integration;
  const last = runs.find(({ outcome }) => outcome === 'succeeded' || outcome === 'partial') ?? lastSuccess;
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
      <Reason integration={integration} />
    </>
  );
}

/** Why an org's state is a warning or an error, with a link to the run. */
function Reason({ integration: { domain, state, runs, unrecorded } }: Pick<FreshnessProps, 'integration'>) {
  const [last] = runs;
  const [lost] = unrecorded;
  if (state === 'error' && lost && (!last || lost.startedAt > last.startedAt))
    return (
      <p class="fault">
        <a href={runPath(domain, lost.runId)}>The last run</a> ended without a report.
      </p>
    );
  if ((state !== 'error' && state !== 'warning') || !last) return null;
  const { runId, runNumber, outcome, report } = last;
  const codes = report ? [...groupByCode(report.warnings).keys()].join(', ') : '';
  return (
    <p class={state === 'error' ? 'fault' : 'warning'}>
      <a href={runPath(domain, runId)}>{`Run #${runNumber}`}</a>
      {` ${outcome === 'partial' ? `was partial: ${codes}` : `${outcome}: ${report?.failure?.message ?? 'see its page'}`}`}
    </p>
  );
}
