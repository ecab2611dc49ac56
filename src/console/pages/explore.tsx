import type { Found } from '../../graph/read/explore';
import type { AccessPageKind, FoundAccess } from '../../graph/read/access';
import { ACCESS_NOUNS, ACCESS_TITLES } from './accessWords';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { accessPath, integrationPath, listPath, nodePath } from './links';
import { DeletedBadge, Faults, nameOf, Table } from './parts';

/** The search for users, groups, apps, admin roles and group rules. A script updates the results while the user types. */
export function ExplorePage({
  page,
  query,
  found,
  orgs,
  faults,
}: {
  page: PageContext;
  query: string;
  found: AllFound | undefined;
  /** The orgs, with the kinds of which each has something. */
  orgs: readonly { domain: string; access: readonly AccessPageKind[] }[];
  /** Problems with the indexes that the search uses. */
  faults: readonly string[];
}) {
  return (
    <Layout title="Explore" page={page} query={query}>
      <h1>Explore</h1>
      <Faults faults={faults} />
      <p class="muted">
        Search by name, email or ID of a user or group, or by name of an app, admin role or group rule.
      </p>
      <div id="results" aria-live="polite">
        {found && <Results found={found} showsOrg={orgs.length > 1} />}
      </div>
      <h2>Lists</h2>
      <ul>
        {orgs.map(({ domain, access }) => (
          <li>
            {domain}: <a href={listPath(domain, 'User')}>users</a>,{' '}
            <a href={listPath(domain, 'Group')}>groups</a>
            {access.map((kind) => (
              <>
                , <a href={accessPath(domain, kind)}>{ACCESS_TITLES[kind].toLowerCase()}</a>
              </>
            ))}
          </li>
        ))}
      </ul>
    </Layout>
  );
}

/** All that a search has found. */
export interface AllFound {
  nodes: readonly Found[];
  access: readonly FoundAccess[];
  /** Kinds of which more match than are listed. */
  more: readonly string[];
}

/** The results of a search; also rendered on their own for search as you type. */
export function Results({
  found: { nodes, access, more },
  showsOrg,
}: {
  found: AllFound;
  showsOrg: boolean;
}) {
  if (nodes.length + access.length === 0) return <p>No matches</p>;
  const about = (domain: string, texts: readonly (string | null)[]) => (
    <span class="muted">{[...texts, showsOrg && domain].filter(Boolean).join(' · ')}</span>
  );
  return (
    <>
      <ul class="results">
        {nodes.map(({ domain, label, id, name, detail, kind, isDeleted }) => (
          <li>
            <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a> {isDeleted && <DeletedBadge />}
            {about(domain, [label === 'User' ? 'user' : 'group', nameOf(detail, ''), kind])}
          </li>
        ))}
        {access.map(({ domain, kind, id, name, status }) => (
          <li>
            <a href={accessPath(domain, kind, id)}>{nameOf(name, id)}</a>{' '}
            {about(domain, [ACCESS_NOUNS[kind], status])}
          </li>
        ))}
      </ul>
      {more.length > 0 && (
        <p class="muted">{`There are more ${more.join(' and ')} that match: type more of the name.`}</p>
      )}
    </>
  );
}

/** Okta's user statuses and group types. */
const KINDS = {
  User: [
    ...['ACTIVE', 'STAGED', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED'],
    ...['LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED'],
  ],
  Group: ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'],
} as const;

/** A list of the users or groups of an org, by name. */
export function ListPage({
  page,
  domain,
  label,
  kind,
  items,
  hasMore,
}: {
  page: PageContext;
  domain: string;
  label: 'User' | 'Group';
  kind: string | undefined;
  items: readonly Found[];
  hasMore: boolean;
}) {
  const title = label === 'User' ? 'Users' : 'Groups';
  const last = items.at(-1);
  const query = new URLSearchParams({ ...(kind === undefined ? {} : { kind }), after: last?.id ?? '' });
  return (
    <Layout title={`${title} of ${domain}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / {title.toLowerCase()}
      </p>
      <h1>{`${title} of ${domain}`}</h1>
      <nav class="filters" aria-label={label === 'User' ? 'By status' : 'By type'}>
        <a href={listPath(domain, label)} {...(kind === undefined ? { 'aria-current': 'true' } : {})}>
          All
        </a>
        {KINDS[label].map((each) => (
          <a href={listPath(domain, label, each)} {...(kind === each ? { 'aria-current': 'true' } : {})}>
            {each}
          </a>
        ))}
      </nav>
      {items.length === 0 ? (
        <p>{label === 'User' ? 'No users' : 'No groups'}</p>
      ) : (
        <Table
          caption={title}
          head={label === 'User' ? ['Name', 'Email', 'Status'] : ['Name', 'Description', 'Type']}
        >
          {items.map(({ id, name, detail, kind: own }) => (
            <tr>
              <th scope="row">
                <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a>
              </th>
              <td>{nameOf(detail, '')}</td>
              <td>{own}</td>
            </tr>
          ))}
        </Table>
      )}
      {hasMore && (
        <p>
          <a class="button" href={`${listPath(domain, label)}?${query}`} rel="next">
            Next page
          </a>
        </p>
      )}
    </Layout>
  );
}
