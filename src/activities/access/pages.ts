import type { RawItem } from '../../okta/items';
import { OktaError } from '../../okta/errors';
import type { Page } from '../../okta/org';
import type { Attempt } from '../context';
import { endlessList, MAX_IDLE_PAGES, Trail } from '../trail';

/** A list, read to its end. */
export interface WholeList<T> {
  items: readonly T[];
  /** Okta's clock at the first page, milliseconds since the epoch. */
  asOfMs: number;
}

type ReadPage = (cursor: string | undefined) => Promise<Page>;

/**
 * Reads a list whole; starts again, once, if its cursor has expired.
 *
 * @param pick what to keep of an item. An item keeps its page in memory, and all users of an app can be thousands of pages.
 * @throws OktaError if a page fails.
 */
export async function readPages<T>(
  attempt: Attempt<unknown>,
  read: ReadPage,
  pick: (item: RawItem) => T,
): Promise<WholeList<T>> {
  try {
    return await pages(attempt, read, pick);
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (!(error instanceof OktaError) || error.code !== 'OKTA_CURSOR_EXPIRED') throw error;
    return pages(attempt, read, pick);
  }
}

async function pages<T>(
  attempt: Attempt<unknown>,
  read: ReadPage,
  pick: (item: RawItem) => T,
): Promise<WholeList<T>> {
  const trail = new Trail("Okta's next-page links form a loop; the list was left as it is.");
  const items = new Map<string, T>();
  const unnamed: T[] = [];
  let asOfMs: number | undefined;
  let cursor: string | undefined;
  let idlePages = 0;
  do {
    const page: Page = await read(cursor);
    asOfMs ??= page.dateMs;
    const before = items.size;
    for (const item of page.items) {
      if (item.id === undefined) unnamed.push(pick(item));
      else items.set(item.id, pick(item));
    }
    cursor = page.next;
    trail.follow(cursor);
    idlePages = items.size > before ? 0 : idlePages + 1;
    if (cursor !== undefined && idlePages >= MAX_IDLE_PAGES) throw endlessList('The list was left as it is.');
    attempt.beat();
  } while (cursor !== undefined);
  return { items: [...items.values(), ...unnamed], asOfMs };
}
