import type { Org } from './org';
import { predicateOf, invalidSearch, itemsAfter, type Page, type PageAsked, pageOf } from './pages';
import { profileOf } from './profile';
import type { UserRecord } from './userRecord';
import { isHidden } from './visibility';

const FIELDS = { times: ['lastUpdated'], texts: ['status', 'id'] };

/**
 * `GET /api/v1/users`. The plain list and `q` leave out DEPROVISIONED users.
 *
 * @param hiddenShare share of the users that are hidden from the token.
 * @throws OktaError, 400, for an unsupported expression or sort order.
 */
export function listUsers(
  org: Org,
  query: URLSearchParams,
  { from, limit }: PageAsked,
  hiddenShare = 0,
): Page<UserRecord> {
  const matches = predicateOf(query, FIELDS);
  const q = query.get('q')?.toLowerCase();
  const isListed = (user: UserRecord): boolean => {
    if (isHidden(org, user, hiddenShare)) return false;
    const { id, status, lastUpdatedMs } = user;
    if (matches) return matches({ id, status, lastUpdated: lastUpdatedMs });
    return status !== 'DEPROVISIONED' && (q === undefined || startsWith(org, user, q));
  };
  if (!query.has('search'))
    return pageOf(
      itemsAfter(from, org.users.length, (index) => org.users[index], isListed),
      limit,
    );

  const at = (index: number): UserRecord | undefined => org.searchView(index);
  const sortBy = query.get('sortBy');
  if (sortBy === null) return pageOf(itemsAfter(from, org.users.length, at, isListed), limit);
  const found = itemsAfter(undefined, org.users.length, at, isListed);
  return sortedPage(org, found, { sortBy, descending: query.get('sortOrder') === 'desc' }, { from, limit });
}

interface Keyed {
  readonly index: number;
  readonly key: string;
}

function sortedPage(
  org: Org,
  users: Iterable<UserRecord>,
  { sortBy, descending }: { sortBy: string; descending: boolean },
  { from, limit }: PageAsked,
): Page<UserRecord> {
  const inOrder = (a: Keyed, b: Keyed): number =>
    (descending ? -1 : 1) * compare(a.key, b.key) || a.index - b.index;
  const start = from && { index: from.index, key: from.sortKey ?? '' };
  const keyed = Array.from(users, (user) => ({ index: user.index, user, key: sortKey(org, user, sortBy) }));
  const rest = keyed.filter((item) => !start || inOrder(item, start) > 0).sort(inOrder);
  const { items, next } = pageOf(rest, limit);
  const last = items.at(-1);
  const page = { items: items.map(({ user }) => user) };
  return next && last ? { ...page, next: { index: last.index, sortKey: last.key } } : page;
}

/** @throws OktaError, 400, for an attribute that the simulated org cannot sort by. */
function sortKey(org: Org, user: UserRecord, sortBy: string): string {
  const attribute = /^profile\.(\w+)$/.exec(sortBy)?.[1];
  if (attribute !== undefined) return JSON.stringify(profileOf(user, org.options.seed)[attribute] ?? null);
  if (sortBy === 'id' || sortBy === 'status') return user[sortBy];
  if (sortBy === 'lastUpdated') return String(user.lastUpdatedMs);
  if (sortBy === 'created') return String(user.createdMs);
  throw invalidSearch(`Cannot sort by ${sortBy}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function startsWith(org: Org, user: UserRecord, q: string): boolean {
  const { firstName, lastName, email } = profileOf(user, org.options.seed);
  return [firstName, lastName, email].some(
    (value) => typeof value === 'string' && value.toLowerCase().startsWith(q),
  );
}
