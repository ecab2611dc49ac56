import { countOf, formatCount } from '../../text/counts';
import { formatDuration, formatTime } from '../../text/times';
import { approvalText, groupLabel, userLabel, usersOf, type Names } from '../../reportView/names';
import { verifiedText } from '../../reportView/verifiedText';
import { printable } from '../../text/printable';
import { warningsByCode } from '../../reportView/warningsByCode';
import { becomesOf } from '../../codes';
import { adviceOn, type Fault } from '../../faults/fault';
import { accessEdges, accessNodes, type NodeCounts, type SyncReport, type SyncWarning } from '../../contract';
import { nodePath } from './links';
import { Badge, Facts, Table } from './parts';

/** The report of a run. */
export function Report({ report, trigger, names }: { report: SyncReport; trigger: string; names: Names }) {
  const { memberships, okta, reconciliation } = report;
  const { groupsRead, groupsUnchanged, groupsFailed } = memberships;
  const tried = groupsRead + groupsFailed;
  const approval = approvalText(report, names);
  return (
    <>
      {report.failure && <Failure fault={report.failure} />}
      <Facts
        facts={[
          ['Outcome', <Badge state={report.outcome} />],
          ['Mode', report.mode],
          ['Trigger', trigger],
          ['Started', formatTime(new Date(report.startedAt))],
          ['Ended', formatTime(new Date(report.finishedAt))],
          ['Duration', formatDuration(report.durationMs)],
          approval !== undefined && ['Removals approved', approval],
        ]}
      />
      <Table caption="Changes" head={['', '#Seen', '#Created', '#Updated', '#Deleted']}>
        <NodesRow name="Users" counts={report.users} />
        <NodesRow name="Groups" counts={report.groups} />
        {accessNodes(report.access).map(([name, counts]) => (
          <NodesRow name={capitalized(name)} counts={counts} />
        ))}
      </Table>
      <Facts
        facts={[
          [
            'Memberships',
            `${formatCount(memberships.added)} added, ${formatCount(memberships.removed)} removed`,
          ],
          [
            'Groups read',
            `${formatCount(groupsRead)} of ${countOf(tried, 'group')}${verifiedText(memberships)}; ${formatCount(groupsUnchanged)} unchanged and skipped, ${formatCount(groupsFailed)} failed`,
          ],
          ...accessEdges(report.access).map(
            ([name, { total, added, removed }]) =>
              [
                capitalized(name),
                `${formatCount(added)} added, ${formatCount(removed)} removed; ${formatCount(total)} in the graph`,
              ] as const,
          ),
          [
            'Okta API requests',
            `${formatCount(okta.requests)}, including ${countOf(okta.retries, 'retry', 'retries')}`,
          ],
          ['Rate limited (429)', formatCount(okta.rateLimited)],
          [
            'Time waited for rate limits',
            `${formatCount(Math.round(okta.waitedMs / 1_000))} s, summed over parallel requests`,
          ],
          [
            'In the graph',
            `${countOf(reconciliation.memberships, 'membership')}; Okta's own member counts total ${formatCount(reconciliation.usersCount)}`,
          ],
        ]}
      />
      <Warnings report={report} names={names} />
    </>
  );
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function NodesRow({ name, counts }: { name: string; counts: NodeCounts }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {[counts.seen, counts.created, counts.updated, counts.deleted].map((count) => (
        <td class="number">{formatCount(count)}</td>
      ))}
    </tr>
  );
}

/** Explains why a run failed or ended early, and what to do. */
export function Failure({ fault }: { fault: Fault }) {
  const { code, message } = fault;
  const advice = adviceOn(fault, 'console');
  return (
    <section class="fault">
      <h2>What went wrong</h2>
      <p>
        {printable(message)} <span class="muted">{code}</span>
      </p>
      {advice !== undefined && <p>{printable(advice)}</p>}
      <p>
        <ConsequenceBadge code={code} />
      </p>
    </section>
  );
}

function ConsequenceBadge({ code }: { code: string }) {
  const becomes = becomesOf(code);
  return <strong class={`badge ${becomes === 'action required' ? 'bad' : 'still'}`}>{becomes}</strong>;
}

function Warnings({ report, names }: { report: SyncReport; names: Names }) {
  const { warnings, warningsOmitted, domain } = report;
  if (warnings.length + warningsOmitted === 0) return null;
  return (
    <section>
      <h2>{`Warnings: ${warnings.length + warningsOmitted}`}</h2>
      {warningsByCode(report, 'console').map(({ code, advice, shown, more }) => (
        <section class="warning">
          <h3>
            {code} <ConsequenceBadge code={code} />
          </h3>
          {advice.map((each) => (
            <p>{printable(each)}</p>
          ))}
          <ul>
            {shown.map((warning) => (
              <li>
                <Warning domain={domain} warning={warning} names={names} />
              </li>
            ))}
            {more > 0 && <li>{`and ${more} more`}</li>}
          </ul>
        </section>
      ))}
      {warningsOmitted > 0 && (
        <p>{`and ${countOf(warningsOmitted, 'more warning')}, not included in the report`}</p>
      )}
    </section>
  );
}

function Warning({ domain, warning, names }: { domain: string; warning: SyncWarning; names: Names }) {
  const { message, groupId } = warning;
  const users = usersOf(warning);
  return (
    <>
      {printable(message)}
      {groupId !== undefined && (
        <>
          {' '}
          <a href={nodePath(domain, 'Group', groupId)}>{groupLabel(groupId, names)}</a>
        </>
      )}
      {users.map((id) => (
        <>
          {' '}
          <a href={nodePath(domain, 'User', id)}>{userLabel(id, names)}</a>
        </>
      ))}
    </>
  );
}
