import type { AccessPageKind } from '../../graph/read/access';
import { countOf, formatCount } from '../../text/counts';
import { oktaWord } from '../../text/oktaWords';
import { MAX_COUNTED, type AllFound } from '../read/searchAll';
import { ACCESS_NOUNS, ACCESS_TITLES } from './accessWords';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { accessPath, listPath, nodePath } from './links';
import { GoneBadge, Faults, nameOf } from './parts';

/** The search for users, groups, apps, admin roles and group rules. A script updates the results while the user types. */
export function SearchPage({
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
    <Layout title="Search" page={page} query={query}>
      <h1>Search</h1>
      <Faults faults={faults} />
      <div id="results" aria-live="polite">
        {found && <Results found={found} showsOrg={orgs.length > 1} />}
      </div>
      <section>
        <h2>What you can search for</h2>
        <p class="muted">Type into the field above; press / to reach it from any page.</p>
        <ul>
          <li>Users, by the beginning of a name, email or username</li>
          <li>Groups, by the beginning of a word of their name or description</li>
          <li>Apps, admin roles and group rules, by any part of their name</li>
          <li>All of them by their Okta ID; users and groups that Okta has deleted too</li>
        </ul>
      </section>
      <section>
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
      </section>
    </Layout>
  );
}

/** The results of a search; also rendered on their own for search as you type. */
export function Results({ found, showsOrg }: { found: AllFound; showsOrg: boolean }) {
  const { text, counts, nodes, access } = found;
  if (counts.length === 0) return <p>{`No matches for “${nameOf(text, '')}”`}</p>;
  const isCut = counts.reduce((sum, [, count]) => sum + count, 0) > nodes.length + access.length;
  return (
    <>
      <p>{counts.map(([kind, count]) => matches(kind, count)).join(', ')}</p>
      <FoundList {...{ found, showsOrg }} />
      {isCut && <p class="muted">There are more than these. Type more of the name to find the others.</p>}
    </>
  );
}

/** Links to all that a search has found. */
export function FoundList({ found: { nodes, access }, showsOrg }: { found: AllFound; showsOrg: boolean }) {
  const about = (domain: string, texts: readonly (string | null)[]) => (
    <span class="muted">{[...texts, showsOrg && domain].filter(Boolean).join(' · ')}</span>
  );
  return (
    <ul class="results">
      {nodes.map(({ domain, label, id, name, detail, kind, ...gone }) => (
        <li>
          <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a> <GoneBadge {...gone} />
          {about(domain, [NOUNS[label], nameOf(detail, ''), nameOf(oktaWord(kind ?? ''), '')])}
        </li>
      ))}
      {access.map(({ domain, kind, id, name, status }) => (
        <li>
          <a href={accessPath(domain, kind, id)}>{nameOf(name, id)}</a>{' '}
          {about(domain, [NOUNS[kind], nameOf(oktaWord(status ?? ''), '')])}
        </li>
      ))}
    </ul>
  );
}

const NOUNS = { User: 'user', Group: 'group', ...ACCESS_NOUNS } as const;

function matches(kind: keyof typeof NOUNS, count: number): string {
  const noun = NOUNS[kind];
  return count > MAX_COUNTED ? `more than ${formatCount(MAX_COUNTED)} ${noun}s` : countOf(count, noun);
}
