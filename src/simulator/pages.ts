import type { Position } from './cursors';
import { OktaError, validationFailed } from './errors';
import { parseExpression, type Predicate } from './expressions';
import type { RouteKind } from './routes';

/** Page sizes, from Okta's API reference. The default is the maximum and the minimum is 1 unless given. */
const PAGE_LIMITS: Partial<Record<RouteKind, { max: number; byDefault?: number; min?: number }>> = {
  users: { max: 200 },
  groups: { max: 10_000 },
  members: { max: 1000 },
  apps: { max: 200, byDefault: 20 },
  appUsers: { max: 500, byDefault: 50 },
  appGroups: { max: 200, byDefault: 20, min: 20 },
  groupApps: { max: 200, byDefault: 20 },
  assignees: { max: 100 },
  rules: { max: 200, byDefault: 50 },
  logs: { max: 1000, byDefault: 100, min: 0 },
};

/** Where a page begins, and how many items it has at most. */
export interface PageAsked {
  from: Position | undefined;
  limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Start of the next page; absent on the last page. */
  readonly next?: Position;
}

/**
 * Returns the page size of a request, up to Okta's maximum.
 *
 * @throws OktaError, 400, if the limit is not a whole number, or below the minimum.
 */
export function pageLimit(kind: RouteKind, query: URLSearchParams): number {
  const { max, byDefault = max, min = 1 } = PAGE_LIMITS[kind] ?? { max: 0 };
  const text = query.get('limit');
  if (text === null) return byDefault;
  if (!/^\d+$/.test(text)) throw validationFailed('limit', 'The limit must be a whole number');
  if (Number(text) < min) throw validationFailed('limit', `The limit must be at least ${min}`);
  return Math.min(Number(text), max);
}

/** Returns a page with the first candidates, which must be in list order. */
export function pageOf<T extends { readonly index: number }>(
  candidates: Iterable<T>,
  limit: number,
): Page<T> {
  const items: T[] = [];
  for (const candidate of candidates) {
    const last = items.at(-1);
    if (last && items.length === limit) return { items, next: { index: last.index } };
    items.push(candidate);
  }
  return { items };
}

/** Yields the listed items after a position, in order of creation. */
export function* itemsAfter<T>(
  from: Position | undefined,
  length: number,
  at: (index: number) => T | undefined,
  isListed: (item: T) => boolean,
): Generator<T> {
  for (let index = from ? from.index + 1 : 0; index < length; index++) {
    const item = at(index);
    if (item !== undefined && isListed(item)) yield item;
  }
}

/**
 * Returns the predicate of `search`, or else of `filter`; undefined if there is neither.
 *
 * @throws OktaError, 400, for an unsupported expression: E0000031 for `search`, E0000001 for `filter`.
 */
export function predicateOf(
  query: URLSearchParams,
  fields: { times: readonly string[]; texts: readonly string[] },
): Predicate | undefined {
  const search = query.get('search');
  const text = search ?? query.get('filter');
  if (text === null) return undefined;
  const predicate = parseExpression(text, fields.times, fields.texts);
  if (predicate) return predicate;
  if (search !== null) throw invalidSearch(text);
  throw validationFailed('filter', `Invalid filter '${text}'`);
}

export function invalidSearch(cause: string): OktaError {
  return new OktaError(400, 'E0000031', 'Invalid search criteria.', [cause]);
}
