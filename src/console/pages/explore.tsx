import type { Found } from '../../graph/explore';
import { Layout, type PageContext } from './layout';
import { listPath, nodePath } from './links';
import { Faults, Gone, nameOf, Table } from './parts';

/** The search for people and groups; a script replaces the results as one types. */
export function ExplorePage({
  page,
  query,
  found,
  domains,
  faults,
}: {
  page: PageContext;
  query: string;
  found: readonly Found[] | undefined;
  domains: readonly string[];
  /** Of the indexes that the search needs. */
  faults: readonly string[];
}) {
  return (
    <Layout title="Explore" page={page}>
      <h1>Explore</h1>
      <Faults faults={faults} />
      <form action="/explore" role="search" class="row" data-results="results">
        <label for="q">A person or group, by name, email or id</label>
        <input id="q" name="q" type="search" value={query} autocomplete="off" maxlength={200} />
        <button>Search</button>
      </form>
      <div id="results" aria-live="polite">
        {found && <Results found={found} domains={domains} />}
      </div>
      <h2>Lists</h2>
      <ul>
        {domains.map((domain) => (
          <li>
            {domain}: <a href={listPath(domain, 'User')}>users</a>,{' '}
            <a href={listPath(domain, 'Group')}>groups</a>
          </li>
        ))}
      </ul>
    </Layout>
  );
}

/** What a search found; also sent by itself while one types. */
export function Results({ found, domains }: { found: readonly Found[]; domains: readonly string[] }) {
  if (found.length === 0) return <p>Nothing has a word that begins so.</p>;
  return (
    <ul class="results">
      {found.map(({ domain, label, id, name, detail, kind, isGone }) => (
        <li>
          <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a> {isGone && <Gone />}
          <span class="muted">
            {[label === 'User' ? 'person' : 'group', nameOf(detail, ''), kind, domains.length > 1 && domain]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Okta's statuses of users and types of groups. */
const KINDS = {
  User: [
    ...['ACTIVE', 'STAGED', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED'],
    ...['LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED'],
  ],
  Group: ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'],
} as const;

/** The people or groups of an org by name. */
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
        <p>None.</p>
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
