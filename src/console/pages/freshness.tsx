import { rowOf } from '../../codes';
import { adviceOn, groupByCode, type Fault } from '../../faults/fault';
import { countOf } from '../../text/counts';
import { printable } from '../../text/printable';
import { healthOf, isLate, lastCompleted, lastEnded } from '../read/health';
import type { Integration } from '../read/integration';
import { runPath } from './links';
import { Marked, TimeAgo } from './parts';
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

/** Maximum number of kinds of warnings that are told in full. */
const MAX_TOLD = 2;

/** What went wrong in the last run and what to do, with a link to it. */
function Reason({ integration }: Pick<FreshnessProps, 'integration'>) {
  const { domain, runs, unrecorded, currentRun } = integration;
  const health = healthOf(integration);
  if (health !== 'error' && health !== 'warning') return null;
  const last = lastEnded({ runs, currentRun });
  const [lost] = unrecorded;
  if (lost && (!last || lost.startedAt > last.startedAt))
    return (
      <p class="fault">
        <a href={runPath(domain, lost.runId)}>The last run</a> ended without a report.
      </p>
    );
  if (!last) return null;
  const { runId, runNumber, outcome, report } = last;
  const run = <a href={runPath(domain, runId)}>{`Run #${runNumber}`}</a>;
  if (health === 'error')
    return (
      <p class="fault">
        {run} {`${outcome}: `}
        {report?.failure ? <Told fault={report.failure} /> : 'see its page.'}
      </p>
    );
  const shortfalls = [...groupByCode(report?.warnings ?? []).values()].filter(
    ([first]) => first && rowOf(first.code)?.reportedAs !== 'warning',
  );
  return (
    <div class="warning">
      <p>
        {run} {`was partial${shortfalls.length === 0 ? '.' : ': the graph differs from Okta.'}`}
      </p>
      <ul>
        {shortfalls.slice(0, MAX_TOLD).map(
          ([fault, ...others]) =>
            fault && (
              <li>
                <Told fault={fault} />{' '}
                {others.length > 0 && `${countOf(others.length, 'more warning')} of this kind. `}
                {fault.code === 'REMOVALS_WITHHELD' && (
                  <a href={`${runPath(domain, runId)}#withheld`}>See what is withheld</a>
                )}
              </li>
            ),
        )}
        {shortfalls.length > MAX_TOLD && (
          <li>
            <a href={runPath(domain, runId)}>
              {countOf(shortfalls.length - MAX_TOLD, 'more kind of warning', 'more kinds of warnings')}
            </a>
          </li>
        )}
      </ul>
    </div>
  );
}

/** What happened and what to do about it, in the console. */
function Told({ fault }: { fault: Fault }) {
  const advice = adviceOn(fault, 'console');
  return (
    <>
      <Marked text={printable(fault.message)} /> {advice !== undefined && <Marked text={printable(advice)} />}
    </>
  );
}
