import type { Found } from '../../graph/read/explore';
import type { AccessPageKind, FoundAccess } from '../../graph/read/access';
import { oktaWord } from '../../text/oktaWords';
import { ACCESS_NOUNS, ACCESS_TITLES } from './accessWords';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { accessPath, listPath, nodePath } from './links';
import { DeletedBadge, Faults, nameOf } from './parts';

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
            {about(domain, [label === 'User' ? 'user' : 'group', nameOf(detail, ''), oktaWord(kind ?? '')])}
          </li>
        ))}
        {access.map(({ domain, kind, id, name, status }) => (
          <li>
            <a href={accessPath(domain, kind, id)}>{nameOf(name, id)}</a>{' '}
            {about(domain, [ACCESS_NOUNS[kind], oktaWord(status ?? '')])}
          </li>
        ))}
      </ul>
      {more.length > 0 && (
        <p class="muted">{`There are more ${more.join(' and ')} that match: type more of the name.`}</p>
      )}
    </>
  );
}
