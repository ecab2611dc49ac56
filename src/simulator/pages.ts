import type { Position } from './cursors';
import { OktaError, validationFailed } from './errors';
import { parseExpression, type Predicate } from './expressions';
import type { RouteKind } from './routes';

/** Largest pages, and the default, as in Okta's API reference. */
const PAGE_LIMITS: Partial<Record<RouteKind, number>> = { users: 200, groups: 10_000, members: 1000 };

/** Where a page begins, and how many items it has at most. */
export interface PageAsked {
  from: Position | undefined;
  limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last. */
  readonly next?: Position;
}

/**
 * Items of one page; a larger limit than Okta's is cut to it.
 *
 * @throws OktaError, 400, for a limit that is no positive whole number.
 */
export function pageLimit(kind: RouteKind, query: URLSearchParams): number {
  const largest = PAGE_LIMITS[kind] ?? 0;
  const text = query.get('limit');
  if (text === null) return largest;
  if (!/^[1-9]\d*$/.test(text)) throw validationFailed('limit', 'The limit must be a positive whole number');
  return Math.min(Number(text), largest);
}

/** The first of the candidates, which are in the order of the list. */
export function takePage<T extends { readonly index: number }>(
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

/** What exists behind a position and is listed, in order of creation. */
export function* listedFrom<T>(
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
 * What `search`, or else `filter`, asks for; undefined when there is neither.
 *
 * @throws OktaError, 400, for an expression that is not supported: E0000031 in a search, E0000001 in a filter.
 */
export function askedFor(
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
