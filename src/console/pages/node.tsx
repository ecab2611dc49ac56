import { countOf } from '../../text/counts';
import { formatTime } from '../../text/times';
import type { Membership, NodePage } from '../../graph/read/explore';
import type { Opens } from '../../graph/read/access';
import { OpensSection } from './access';
import { Layout, type PageContext } from './layout';
import { integrationPath, listPath, nodePath } from './links';
import { Neighborhood, NEIGHBORHOOD_SCRIPTS } from './neighborhood';
import { Questions, questionsAbout } from './questionsAbout';
import { DeletedBadge, Facts, nameOf, StatusBadge, Table } from './parts';

export interface NodePageProps {
  page: PageContext;
  domain: string;
  node: NodePage;
  /** What it opens now; not shown for a past date. */
  opens: Opens | undefined;
  /** Memberships that have ended, latest first; not shown for a past date. */
  ended: readonly Membership[];
  /** The date that the page shows, such as `2026-11-24`; undefined for the present. */
  at: string | undefined;
  /** Number of memberships before this page, and per page. */
  skip: number;
  pageSize: number;
}

/** The page of a user or group: properties, memberships now or on a date, and a picture of the neighborhood. */
export function NodeView({ page, domain, node, opens, ended, at, skip, pageSize }: NodePageProps) {
  const { label, id, properties, isDeleted, total, memberships } = node;
  const title = nameOf(properties[label === 'User' ? 'display_name' : 'name'], id);
  const path = nodePath(domain, label, id);
  const noun = label === 'User' ? 'group' : 'member';
  const more = new URLSearchParams({ ...(at === undefined ? {} : { at }), skip: String(skip + pageSize) });
  return (
    <Layout title={title} page={page} scripts={NEIGHBORHOOD_SCRIPTS}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> /{' '}
        <a href={listPath(domain, label)}>{label === 'User' ? 'users' : 'groups'}</a>
      </p>
      <h1>
        {title} {label === 'User' && !isDeleted && <StatusBadge status={properties['status']} />}
      </h1>
      {isDeleted && <p class="note">Deleted in Okta. This page shows the last known data.</p>}
      <form action={path} class="row">
        <label for="at">Memberships at the end of the day (UTC)</label>
        <input id="at" name="at" type="date" value={at ?? ''} />
        <button>Show</button>
        {at !== undefined && <a href={path}>Show current</a>}
      </form>
      <section>
        <h2>{`${countOf(total, noun)} ${at === undefined ? 'now' : `at the end of ${at}`}`}</h2>
        {memberships.length > 0 && (
          <Memberships domain={domain} of={label} memberships={memberships} caption="Memberships" />
        )}
        {skip + memberships.length < total && (
          <p>
            <a class="button" href={`${path}?${more}`} rel="next">
              Next page
            </a>
          </p>
        )}
      </section>
      {ended.length > 0 && (
        <section>
          <h2>Earlier</h2>
          <Memberships domain={domain} of={label} memberships={ended} caption="Past memberships" />
        </section>
      )}
      {opens && (
        <OpensSection
          {...{ domain, of: label, opens, isDeactivated: properties['status'] === 'DEPROVISIONED' }}
        />
      )}
      {!isDeleted && at === undefined && <Neighborhood path={path} title={title} />}
      <Questions
        domain={domain}
        asked={questionsAbout(label, id).filter(({ question }) => !isDeleted || question.needs === 'history')}
      />
      <section>
        <h2>Properties</h2>
        <Facts
          facts={Object.entries(properties)
            .sort(([a], [b]) => a.localeCompare(b))
            .map(([name, value]) => [name.replaceAll('_', ' '), nameOf(value, '')] as const)}
        />
      </section>
    </Layout>
  );
}

function Memberships({
  domain,
  of,
  memberships,
  caption,
}: {
  domain: string;
  of: 'User' | 'Group';
  memberships: readonly Membership[];
  caption: string;
}) {
  const isHistory = memberships.some(({ validFromMs, validToMs }) => (validFromMs ?? validToMs) !== null);
  const other = of === 'User' ? ['Group', 'Type'] : ['Member', 'Email', 'Status'];
  return (
    <Table caption={caption} head={[...other, ...(isHistory ? ['Joined', 'Left'] : [])]}>
      {memberships.map((membership) => (
        <tr>
          <th scope="row">
            <a href={nodePath(domain, membership.label, membership.id)}>
              {nameOf(membership.name, membership.id)}
            </a>{' '}
            {membership.isDeleted && <DeletedBadge />}
          </th>
          {of === 'Group' && <td>{nameOf(membership.detail, '')}</td>}
          <td>{membership.kind}</td>
          {isHistory && (
            <>
              <td>{joined(membership)}</td>
              <td>{left(membership)}</td>
            </>
          )}
        </tr>
      ))}
    </Table>
  );
}

/** A read shows that a membership changed since the previous read, but not exactly when. */
function joined({ validFromMs, notBeforeMs }: Membership): string {
  if (validFromMs === null) return 'before history was kept';
  return notBeforeMs === null
    ? `by ${timeOf(validFromMs)}`
    : `between ${timeOf(notBeforeMs)} and ${timeOf(validFromMs)}`;
}

function left({ validToMs, endedAfterMs }: Membership): string {
  if (validToMs === null) return '';
  return endedAfterMs === null
    ? `by ${timeOf(validToMs)}`
    : `between ${timeOf(endedAfterMs)} and ${timeOf(validToMs)}`;
}

const timeOf = (ms: number): string => formatTime(new Date(ms));
