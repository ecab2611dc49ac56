import type { AllFound } from '../read/searchAll';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import {
  accessPath,
  integrationPath,
  listPath,
  questionsPath,
  runsPath,
  searchPath,
  SOURCES_PATH,
} from './links';
import { nameOf } from './parts';
import { FoundList } from './search';

/** What a path under an org is about, and the list of its kind. */
const KINDS: Readonly<
  Record<string, readonly [noun: string, all: string, path: (domain: string) => string]>
> = {
  users: ['user', 'All users', (domain) => listPath(domain, 'User')],
  groups: ['group', 'All groups', (domain) => listPath(domain, 'Group')],
  apps: ['app', 'All apps', (domain) => accessPath(domain, 'apps')],
  roles: ['admin role', 'All admin roles', (domain) => accessPath(domain, 'roles')],
  rules: ['group rule', 'All group rules', (domain) => accessPath(domain, 'rules')],
  runs: ['run', 'All runs', runsPath],
  questions: ['question', 'All questions', questionsPath],
};

/** What a path that does not exist seems to ask for. */
export interface Missing {
  /** The org in the path; undefined if there is none. */
  domain?: string | undefined;
  /** True if the console has that org. */
  hasOrg: boolean;
  kind?: string | undefined;
  id?: string | undefined;
  /** True if it has more after the id. */
  isPart?: boolean;
}

/** Parses a path of which nothing was found. */
export function missingIn(path: string, orgs: readonly string[]): Missing {
  const [, first, domain, kind, id, part] = path.split('/').map(decoded);
  if (first !== 'integrations' || !domain) return { hasOrg: false };
  return { domain, hasOrg: orgs.includes(domain), kind, id, isPart: part !== undefined };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A page that does not exist, with links to what its path may have meant. */
export function NotFoundPage({
  page,
  missing: { domain, hasOrg, kind = '', id = '', isPart = false },
  found,
}: {
  page: PageContext;
  missing: Missing;
  /** What a search for the last part of the path finds. */
  found: AllFound | undefined;
}) {
  const [noun, all, pathOf] = (Object.hasOwn(KINDS, kind) && KINDS[kind]) || [];
  return (
    <Layout title="Not found" page={page}>
      <h1>Not found</h1>
      <p class="prose">
        {domain === undefined
          ? 'This page does not exist.'
          : !hasOrg
            ? `This console has no org ${nameOf(domain, '')}. It may have been removed, or its address is mistyped.`
            : noun === undefined || id === '' || isPart
              ? `${domain} has no such page.`
              : `There is no ${noun} “${nameOf(id, '')}” of ${domain}.`}
      </p>
      {found && found.counts.length > 0 && (
        <section>
          <h2>Did you mean</h2>
          <FoundList found={found} showsOrg={page.orgs.length > 1} />
        </section>
      )}
      <section>
        <h2>Where to go from here</h2>
        <ul>
          {domain !== undefined && hasOrg && (
            <>
              {all !== undefined && (
                <li>
                  <a href={pathOf?.(domain)}>{all}</a>
                </li>
              )}
              <li>
                <a href={integrationPath(domain)}>{`Overview of ${domain}`}</a>
              </li>
            </>
          )}
          <li>
            <a href={searchPath(id)}>{id === '' ? 'Search' : `Search for “${nameOf(id, '')}”`}</a>
          </li>
          <li>
            <a href={SOURCES_PATH}>All orgs</a>
          </li>
        </ul>
      </section>
    </Layout>
  );
}
