import { capitalized } from '../../text/capitalized';
import { countOf, formatCount } from '../../text/counts';
import { formatDuration, formatTime } from '../../text/times';
import { approvalText, groupLabel, userLabel, usersOf, type Names } from '../../reportView/names';
import { excludedText } from '../../reportView/excludedText';
import { verifiedText } from '../../reportView/verifiedText';
import { printable } from '../../text/printable';
import { warningKey, warningsByCode, type WarningsOfCode } from '../../reportView/warningsByCode';
import { becomesOf } from '../../codes';
import { adviceOn, type Fault } from '../../faults/fault';
import {
  accessEdges,
  accessNodes,
  type EdgeCounts,
  type NodeCounts,
  type SyncReport,
  type SyncWarning,
} from '../../contract';
import type { PhaseTime } from '../../graph/read/phases';
import { PLACEHOLDER } from '../../graph/write/clearPerson';
import { nodePath } from './links';
import { Badge, Facts, Table } from './parts';
import { Phases } from './phases';

/** The report of the run before one. */
export type ReportBefore = Pick<SyncReport, 'runNumber' | 'warnings'>;

/**
 * The report of a run.
 *
 * @param before the run before: what it warned of too is folded.
 */
export function Report({
  report,
  trigger,
  names,
  phases = [],
  before,
}: {
  report: SyncReport;
  trigger: string;
  names: Names;
  phases?: readonly PhaseTime[];
  before?: ReportBefore | undefined;
}) {
  const { memberships, okta, reconciliation } = report;
  const { groupsRead, groupsUnchanged, groupsFailed } = memberships;
  const tried = groupsRead + groupsFailed;
  const approval = approvalText(report, names);
  return (
    <>
      {report.failure && <Failure fault={report.failure} />}
      <Tiles report={report} />
      <Facts
        facts={[
          ['Outcome', <Badge state={report.outcome} />],
          ['Mode', report.mode],
          ['Trigger', trigger],
          ['Started', formatTime(new Date(report.startedAt))],
          ['Ended', formatTime(new Date(report.finishedAt))],
          approval !== undefined && ['Removals approved', approval],
        ]}
      />
      <Phases phases={phases} durationMs={report.durationMs} />
      <Table caption="Changes" head={['Kind', '#Seen', '#Created', '#Updated', '#Deleted']}>
        <NodesRow name="Users" counts={report.users} />
        <NodesRow name="Groups" counts={report.groups} />
        {accessNodes(report.access).map(([name, counts]) => (
          <NodesRow name={capitalized(name)} counts={counts} />
        ))}
      </Table>
      <Facts
        facts={[
          [
            'Groups read',
            `${formatCount(groupsRead)} of ${countOf(tried, 'group')}${verifiedText(memberships)}; ${formatCount(groupsUnchanged)} unchanged and skipped, ${formatCount(groupsFailed)} failed${excludedText(memberships)}`,
          ],
          ...accessEdges(report.access).map(
            ([name, { total, added, removed }]) =>
              [
                capitalized(name),
                `${formatCount(added)} added, ${formatCount(removed)} removed; ${formatCount(total)} in the graph`,
              ] as const,
          ),
          ['Rate limited (429)', formatCount(okta.rateLimited)],
          [
            'In the graph',
            `${countOf(reconciliation.memberships, 'membership')}; Okta's own member counts total ${formatCount(reconciliation.usersCount)}`,
          ],
        ]}
      />
      <Warnings report={report} names={names} before={before} />
    </>
  );
}

/** The numbers that an operator looks at first. */
function Tiles({ report }: { report: SyncReport }) {
  const { users, groups, memberships, access, durationMs, okta } = report;
  return (
    <div class="tiles">
      <Tile name="Changes of users" value={changesOfNodes(users)} detail={nodesText(users)} />
      <Tile name="Changes of groups" value={changesOfNodes(groups)} detail={nodesText(groups)} />
      <EdgesTile name="memberships" counts={memberships} />
      {accessNodes(access).map(([name, counts]) => (
        <Tile name={`Changes of ${name}`} value={changesOfNodes(counts)} detail={nodesText(counts)} />
      ))}
      {accessEdges(access).map(([name, counts]) => (
        <EdgesTile name={name} counts={counts} />
      ))}
      <Tile name="Duration" value={formatDuration(durationMs)} />
      <Tile
        name="Okta API requests"
        value={formatCount(okta.requests)}
        detail={countOf(okta.retries, 'retry', 'retries')}
      />
      <Tile
        name="Waited for rate limits"
        value={formatDuration(okta.waitedMs)}
        detail="summed over parallel requests"
      />
    </div>
  );
}

function EdgesTile({ name, counts }: { name: string; counts: Pick<EdgeCounts, 'added' | 'removed'> }) {
  const { added, removed } = counts;
  const detail = `${formatCount(added)} added, ${formatCount(removed)} removed`;
  return <Tile name={`Changes of ${name}`} value={formatCount(added + removed)} detail={detail} />;
}

function Tile({ name, value, detail }: { name: string; value: string; detail?: string }) {
  return (
    <div class="tile">
      <span>{name}</span>
      <strong>{value}</strong>
      {detail !== undefined && <span class="muted">{detail}</span>}
    </div>
  );
}

function changesOfNodes({ created, updated, deleted }: NodeCounts): string {
  return formatCount(created + updated + deleted);
}

function nodesText({ created, updated, deleted }: NodeCounts): string {
  return `${formatCount(created)} created, ${formatCount(updated)} updated, ${formatCount(deleted)} deleted`;
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

function Warnings({
  report,
  names,
  before,
}: {
  report: SyncReport;
  names: Names;
  before: ReportBefore | undefined;
}) {
  const { warnings, warningsOmitted, domain } = report;
  if (warnings.length + warningsOmitted === 0) return null;
  const known = new Set<string>(before?.warnings.map(warningKey));
  const byKnown = (isKnown: boolean) => {
    const some = warnings.filter((warning) => known.has(warningKey(warning)) === isKnown);
    return warningsByCode({ ...report, warnings: some }, 'console');
  };
  const [fresh, repeated] = [byKnown(false), byKnown(true)];
  const section = (of: WarningsOfCode) => <WarningsSection of={of} domain={domain} names={names} />;
  return (
    <section>
      <h2>{`Warnings: ${warnings.length + warningsOmitted}`}</h2>
      {fresh.map(section)}
      {repeated.length > 0 && (
        <details>
          <summary>{`As in run #${before?.runNumber}: ${repeated.map(({ code }) => code).join(', ')}`}</summary>
          {repeated.map(section)}
        </details>
      )}
      {warningsOmitted > 0 && (
        <p>{`and ${countOf(warningsOmitted, 'more warning')}, not included in the report`}</p>
      )}
    </section>
  );
}

function WarningsSection({
  of: { code, advice, shown, more },
  domain,
  names,
}: {
  of: WarningsOfCode;
  domain: string;
  names: Names;
}) {
  return (
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
  );
}

/** A warning, with links to the users and groups that it is about; to none that was forgotten. */
export function Warning({ domain, warning, names }: { domain: string; warning: SyncWarning; names: Names }) {
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
        <> {id === PLACEHOLDER ? id : <a href={nodePath(domain, 'User', id)}>{userLabel(id, names)}</a>}</>
      ))}
    </>
  );
}
