import { countOf, formatCount } from '../../text/counts';
import { formatDay, formatTime } from '../../text/times';
import type { Membership, NodePage } from '../../graph/read/explore';
import type { Opens } from '../../graph/read/access';
import type { ReportingLine, SimilarGroup, SizeOfDay } from '../../graph/read/surroundings';
import { OpensSection } from './access';
import { isUncovered, uncoveredText, type PastDay } from '../pastDay';
import { DateForm } from './dateForm';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { changesPath, integrationPath, listPath, nodePath, questionPath } from './links';
import { Memberships } from './memberships';
import { ChangesTable } from './runChanges';
import type { ChangesOfRuns } from '../read/changes';
import { Neighborhood, NEIGHBORHOOD_SCRIPTS } from './neighborhood';
import { Properties, propertyText } from './properties';
import { Questions, questionsAbout } from './questionsAbout';
import { SizeChart } from './sizeChart';
import { axisOf } from './timeline';
import { Facts, GoneBadge, nameOf, OktaWord, PageLinks, StatusBadge, Table } from './parts';

export interface NodePageProps {
  page: PageContext;
  domain: string;
  node: NodePage;
  /** Of a user that Okta has. */
  line: ReportingLine | undefined;
  /** Of a group; undefined if it is too large. */
  sizes: readonly SizeOfDay[] | undefined;
  /** What it opens now; not shown for a past date. */
  opens: Opens | undefined;
  /** Memberships that have ended, latest first; not shown for a past date. */
  ended: readonly Membership[];
  /** True if more have ended before. */
  isEndedCut: boolean;
  /** What runs have found last of it; not shown for a past date, nor of a group that is too large. */
  changes: ChangesOfRuns | undefined;
  /** Of a group: groups with nearly the same members. */
  similar: readonly SimilarGroup[];
  /** The date that the page shows; undefined for the present. */
  at: PastDay | undefined;
  /** Start of the history, milliseconds since the epoch; undefined if none is kept. */
  historySinceMs: number | undefined;
  /** Number of memberships before this page, and per page. */
  skip: number;
  pageSize: number;
  now: Date;
}

/** The page of a user or group: who it is, memberships now or on a date, what it opens, and its neighborhood. */
export function NodeView(props: NodePageProps) {
  const { page, domain, node, line, sizes, opens, ended, isEndedCut, changes, similar, at } = props;
  const { historySinceMs, skip, pageSize, now } = props;
  const { label, id, properties, isDeleted, total, memberships } = node;
  const title = titleOf(node);
  const path = nodePath(domain, label, id);
  const pageAt = (from: number) => {
    const query = new URLSearchParams({
      ...(at && { at: at.text }),
      ...(from > 0 && { skip: String(from) }),
    });
    return query.size === 0 ? path : `${path}?${query}`;
  };
  const axis = axisOf([...memberships, ...ended], now, historySinceMs, at?.endMs);
  const isNotCovered = at !== undefined && isUncovered(at, historySinceMs);
  const isExcluded = label === 'Group' && properties['memberships_excluded'] === 'true';
  return (
    <Layout title={title} page={page} scripts={NEIGHBORHOOD_SCRIPTS}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> /{' '}
        <a href={listPath(domain, label)}>{label === 'User' ? 'users' : 'groups'}</a>
      </p>
      <h1>
        {title} {label === 'User' && !isDeleted && <StatusBadge status={properties['status']} />}{' '}
        <GoneBadge {...node} />
      </h1>
      <p class="under">{underTitle(label, properties)}</p>
      {isDeleted && <p class="note">Deleted in Okta. This page shows the last known data.</p>}
      {node.isMissing && (
        <p class="warning">
          {`Okta has answered that it has no such ${label.toLowerCase()}. It stays in the graph until another run has confirmed it, or, if the removal is withheld, until it is approved.`}
        </p>
      )}
      <Facts
        facts={label === 'User' ? userFacts(domain, id, properties, line, isDeleted) : groupFacts(properties)}
      />
      <section>
        <h2>
          {isNotCovered
            ? `Memberships at the end of ${at.text}: not known`
            : isExcluded && !at
              ? 'Members: not read'
              : `${countOf(total, label === 'User' ? 'group' : 'member')} ${at ? whenText(at, now) : 'now'}`}
        </h2>
        {isExcluded && (
          <p class="note">
            SYNC_MEMBERS_OF does not select this group, so its members are not read. What is known of them
            ends with the last read; Okta may still have them.
          </p>
        )}
        <DateForm path={path} at={at?.text} startMs={historySinceMs} now={now} />
        {isNotCovered ? (
          <p class="note">{uncoveredText(historySinceMs)}</p>
        ) : (
          <>
            {sizes && !at && !isExcluded && historySinceMs !== undefined && (
              <SizeChart sizes={sizes} axis={axis} startMs={historySinceMs} />
            )}
            {memberships.length > 0 && (
              <Memberships
                {...{ domain, of: label, memberships, caption: 'Memberships', axis }}
                isWhole={skip === 0 && memberships.length === total}
              />
            )}
            <PageLinks
              previous={skip > 0 ? pageAt(Math.max(0, skip - pageSize)) : undefined}
              next={skip + memberships.length < total ? pageAt(skip + pageSize) : undefined}
            />
          </>
        )}
      </section>
      {ended.length > 0 && (
        <section>
          <h2>Earlier</h2>
          <Memberships
            {...{ domain, of: label, memberships: ended, caption: 'Past memberships', axis }}
            isWhole={!isEndedCut}
          />
          {isEndedCut && (
            <p class="muted">{`The last ${formatCount(ended.length)}. A date above shows those of that time.`}</p>
          )}
        </section>
      )}
      {opens && (
        <OpensSection
          {...{ domain, of: label, opens, isDeactivated: properties['status'] === 'DEPROVISIONED' }}
        />
      )}
      {!at && historySinceMs !== undefined && (
        <section>
          <h2>Changes</h2>
          {changes && changes.changes.length > 0 && <ChangesTable domain={domain} {...changes} />}
          {changes?.changes.length === 0 && <p>None since {formatTime(new Date(historySinceMs))}.</p>}
          <p>
            <a
              href={changesPath(domain, {
                [label.toLowerCase()]: id,
                ...(changes && { from: formatDay(historySinceMs) }),
              })}
            >
              {changes ? 'All changes' : 'Changes of the last 24 hours'}
            </a>
          </p>
        </section>
      )}
      {similar.length > 0 && <SimilarGroups domain={domain} similar={similar} />}
      {!isDeleted && at === undefined && <Neighborhood path={path} title={title} />}
      <Questions
        domain={domain}
        asked={questionsAbout(label, id).filter(({ question }) => !isDeleted || question.needs === 'history')}
      />
      <Properties properties={properties} />
    </Layout>
  );
}

/** The end of a day, or of what has passed of it. */
const whenText = ({ text, endMs }: PastDay, now: Date): string =>
  endMs > now.getTime() ? `on ${text} so far` : `at the end of ${text}`;

function SimilarGroups({ domain, similar }: { domain: string; similar: readonly SimilarGroup[] }) {
  return (
    <section>
      <h2>Groups with nearly the same members</h2>
      <Table caption="Similar groups" head={['Group', '#Members', '#Overlap']}>
        {similar.map(({ id, name, members, likeness }) => (
          <tr>
            <th scope="row">
              <a href={nodePath(domain, 'Group', id)}>{nameOf(name, id)}</a>
            </th>
            <td class="number">{formatCount(members)}</td>
            <td class="number">{`${Math.floor(likeness * 100)}%`}</td>
          </tr>
        ))}
      </Table>
      <p>
        <a href={questionPath(domain, 'similar-groups')}>All groups with nearly the same members</a>
      </p>
    </section>
  );
}

/** The name of a user or group; of a user without one, the email or login. */
function titleOf({ label, id, properties }: NodePage): string {
  const names = label === 'User' ? ['display_name', 'email', 'login'] : ['name'];
  return names.map((name) => nameOf(properties[name], '')).find((name) => name !== '') ?? id;
}

function underTitle(label: 'User' | 'Group', properties: Readonly<Record<string, string>>): string {
  const shown = label === 'User' ? ['title', 'department', 'email'] : ['description'];
  return shown
    .map((name) => nameOf(properties[name], ''))
    .filter((text) => text !== '')
    .join(' · ');
}

function userFacts(
  domain: string,
  id: string,
  properties: Readonly<Record<string, string>>,
  line: ReportingLine | undefined,
  isDeleted: boolean,
) {
  const { manager, reports = 0 } = line ?? {};
  const reportsPath = questionPath(domain, 'manager-reports', undefined, { person: [id] });
  return [
    [
      isDeleted ? 'Last status' : 'Status',
      <>
        <OktaWord name={properties['status'] ?? 'unknown'} />
        {since(properties['status_changed'])}
      </>,
    ] as const,
    ['Last sign-in', propertyText(properties['last_login']) || 'never, as far as Okta says'] as const,
    !!manager &&
      ([
        'Manager',
        <a href={nodePath(domain, 'User', manager.id)}>{nameOf(manager.name, manager.id)}</a>,
      ] as const),
    reports > 0 &&
      (['Direct reports', <a href={reportsPath}>{countOf(reports, 'person', 'people')}</a>] as const),
    ['Created', propertyText(properties['created']) || 'unknown'] as const,
  ];
}

function groupFacts(properties: Readonly<Record<string, string>>) {
  return [
    ['Type', <OktaWord name={properties['type'] ?? 'unknown'} />] as const,
    ['Created', propertyText(properties['created']) || 'unknown'] as const,
    ['Members last changed', propertyText(properties['last_membership_updated']) || 'unknown'] as const,
    properties['has_admin_privilege'] === 'true' && (['Admin role', 'has one, says Okta'] as const),
  ];
}

const since = (time: string | undefined): string => {
  const text = propertyText(time);
  return text === '' ? '' : `, since ${text}`;
};
