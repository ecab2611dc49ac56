import { countOf, formatCount } from '../../text/counts';
import { oktaWord } from '../../text/oktaWords';
import { formatTime } from '../../text/times';
import type { GraphChange } from '../../graph/read/changes';
import type { DatedRun } from '../../graph/read/changingRuns';
import type { RunChanges } from '../read/runChanges';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { accessPath, integrationPath, nodePath, runPath } from './links';
import { nameOf, Table } from './parts';
import { propertyName, propertyText } from './properties';

/** What joins the two ends of a relationship. */
const JOINED: Partial<Record<GraphChange['what'], string>> = {
  membership: ' in ',
  assignment: ' to ',
  role: ' as ',
};

/** Changes, with names. */
export function ChangesTable({
  domain,
  changes,
  runs,
  caption = 'Changes, with names as they are now',
}: {
  domain: string;
  changes: readonly GraphChange[];
  /** The runs that made them; absent if it is one. */
  runs?: ReadonlyMap<number, DatedRun>;
  caption?: string;
}) {
  return (
    <Table caption={caption} head={['Change', 'Who', 'Details', ...(runs ? ['Run'] : [])]}>
      {changes.map((change) => (
        <tr>
          <td>{`${change.what} ${change.change}`}</td>
          <td>
            <Subject domain={domain} change={change} />
          </td>
          <td>{detailOf(change)}</td>
          {runs && (
            <td class="when">
              <RunOf domain={domain} number={change.runNumber} run={runs.get(change.runNumber)} />
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}

/** A run and when it read; the run may no longer be in the graph. */
function RunOf({ domain, number, run }: { domain: string; number: number; run: DatedRun | undefined }) {
  if (!run) return <>{`#${number}`}</>;
  return (
    <>
      <a href={runPath(domain, run.runId)}>{`#${number}`}</a>{' '}
      <time datetime={new Date(run.atMs).toISOString()}>{formatTime(new Date(run.atMs))}</time>
    </>
  );
}

function Subject({ domain, change }: { domain: string; change: GraphChange }) {
  const { what, userId, userName, userEmail, groupId, groupName, appId, roleId, ruleId } = change;
  // Pages of users and groups remain after Okta has deleted them; those of apps and rules do not.
  const isGone = change.change === 'removed' && (what === 'app' || what === 'rule');
  const linked = (kind: 'apps' | 'roles' | 'rules', id: string | undefined, name: string | undefined) =>
    id !== undefined &&
    (isGone ? nameOf(name, id) : <a href={accessPath(domain, kind, id)}>{nameOf(name, id)}</a>);
  const ends = [
    userId !== undefined && (
      <a href={nodePath(domain, 'User', userId)}>{nameOf(userName ?? userEmail, userId)}</a>
    ),
    groupId !== undefined && <a href={nodePath(domain, 'Group', groupId)}>{nameOf(groupName, groupId)}</a>,
    linked('apps', appId, change.appName),
    linked('roles', roleId, change.roleName),
    linked('rules', ruleId, change.ruleName),
  ].filter((end) => end !== false);
  return (
    <>
      {ends.map((end, nth) => (
        <>
          {nth > 0 && JOINED[what]}
          {end}
        </>
      ))}
    </>
  );
}

function detailOf({ what, fields = [], values = {}, after, by }: GraphChange): string {
  const shown = fields.length > 1 ? fields.filter((field) => field !== 'last_updated') : fields;
  const changed = shown.map((field) => {
    const [was, is] = [values[`${field}_before`], values[`${field}_after`]];
    if (was === undefined && is === undefined) return propertyName(field);
    const shownAs = (value: string | undefined) => oktaWord(nameOf(propertyText(value), 'none'));
    return `${propertyName(field)}: ${shownAs(was)} → ${shownAs(is)}`;
  });
  if (changed.length > 0) return changed.join(', ');
  if (JOINED[what] === undefined || by === undefined) return '';
  const until = formatTime(new Date(by));
  return after === undefined ? `by ${until}` : `between ${formatTime(new Date(after))} and ${until}`;
}

/** Says that a list lacks changes that runs have counted. */
export function MissingText({ missing }: { missing: number }) {
  if (missing === 0) return null;
  return (
    <p class="muted">
      {`${countOf(missing, 'change')} cannot be listed: older than HISTORY_RETENTION, made while no history was kept, or of a forgotten user.`}
    </p>
  );
}

interface RunChangesPageProps extends RunChanges {
  page: PageContext;
  domain: string;
  runId: string;
  title: string;
  skip: number;
  pageSize: number;
  /** The most changes that the pages go through. */
  max: number;
  isRunning: boolean;
}

/** A page of all changes that a run made. */
export function RunChangesPage(props: RunChangesPageProps) {
  const { page, domain, runId, title, changes, total, missing, skip, pageSize, max, isRunning } = props;
  const path = runPath(domain, runId);
  const next = skip + changes.length;
  const hasMore = changes.length === pageSize && next < total;
  return (
    <Layout title={`Changes of ${title}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / <a href={path}>{title}</a>
      </p>
      <h1>{`Changes of ${title}`}</h1>
      {changes.length === 0 ? (
        <p>
          {isRunning
            ? 'This run has not ended: its changes are listed once it has.'
            : 'The graph has no more changes of this run.'}
        </p>
      ) : (
        <>
          <p class="muted">{`${formatCount(skip + 1)} to ${formatCount(next)} of ${formatCount(total)}`}</p>
          <ChangesTable domain={domain} changes={changes} />
        </>
      )}
      <MissingText missing={missing} />
      {hasMore && next < max && (
        <p>
          <a class="button" href={`${path}/changes?skip=${next}`} rel="next">
            Next
          </a>
        </p>
      )}
      {hasMore && next >= max && (
        <p>
          For all of them, run <code>okta-graph report --changes</code>.
        </p>
      )}
    </Layout>
  );
}
