import { createHash } from 'node:crypto';
import type { DataRules } from '../config/dataRules';
import type { SyncWarning, NodeLabel } from '../contract';
import { nodesMet, writeListPages } from '../graph/write/lists';
import { groupRow, userRow, type NodeRow } from '../graph/write/nodes';
import { listsAllGroups, type Run, type RunWriter } from '../graph/write/run';
import { rewriteProfiles } from '../graph/write/storedProfiles';
import { OktaError } from '../okta/errors';
import type { RawItem } from '../okta/items';
import type { Page } from '../okta/org';
import { LIST_CURSOR } from '../boundary/inputs';
import { Attempt } from './context';
import type { Ports } from './ports';
import { knownUsers } from './knownUsers';
import { readAhead } from './readAhead';
import { leftOutWarnings, malformedWarning, readItem } from './readItem';
import { endlessList, MAX_IDLE_PAGES, MAX_MALFORMED_PAGES, Trail } from './trail';
import { recordingUsage } from './usage';

/** Position in a list. It passes through the workflow and the heartbeat, so it holds no personal data. */
export interface ListCursor {
  /** Okta's own cursor; absent at the start of the list. */
  next?: string;
  /** Rows read so far, without those that are malformed. */
  seen: number;
  /** Number of times the list was restarted because its cursor had expired. */
  restarts: number;
  /** Number of consecutive pages with nothing new; absent for 0. */
  idlePages?: number;
  /** Number of consecutive pages with only malformed items, some of them new to their chunk; absent for 0. */
  malformedPages?: number;
}

export interface ListChunk {
  /** Absent if the list was read to its end. */
  cursor?: ListCursor;
  seen: number;
}

export const LIST_START: ListCursor = { seen: 0, restarts: 0 };

/** A list whose cursor expires more often than this is assumed never to end. */
const MAX_RESTARTS = 3;

/** Maximum number of pages read ahead of the writer: waiting pages are written in one transaction. */
const MAX_AHEAD = 4;

type ReadPage = (cursor: string | undefined, attempt: Attempt<ListCursor>) => Promise<Page>;

/** Reads and writes a list's pages for the time of a chunk: the next pages are read while earlier ones are written. */
export async function drainList(
  { graph: db, chunkMs, sync }: Ports,
  run: Run,
  { label, from, read }: { label: NodeLabel; from: ListCursor; read: ReadPage },
): Promise<ListChunk> {
  const attempt = new Attempt<ListCursor>(chunkMs, LIST_CURSOR);
  const start = attempt.lastDetails ?? from;
  const writer: RunWriter = { db, run, usage: attempt.usage };
  // A group missing from a complete list is looked up by its id; one missing from a list of changes is not.
  const isVital = label === 'User' || !listsAllGroups(run);
  return recordingUsage(writer, async () => {
    await attempt.during(rewriteProfiles(writer, label, sync.data, attempt.step));
    let done: { seen: number; nextCursor: ListCursor | undefined } = { seen: start.seen, nextCursor: start };
    let { idlePages = 0, malformedPages = 0 } = start;
    for await (const pages of readAhead(
      pagesOf({ label, from: start, read, isVital, rules: sync.data }, attempt),
      MAX_AHEAD,
    )) {
      const rows = pages.flatMap((page) => page.rows);
      const fresh = await writeListPages(writer, label, {
        rows,
        warnings: pages.flatMap(({ warnings }) => warnings),
        asOfMs: pages.findLast(({ isFirst }) => isFirst)?.dateMs,
        newestMs: latest(pages.map(({ newestMs }) => newestMs)),
        isEnd: pages.at(-1)?.nextCursor === undefined,
      });
      if (label === 'User') for (const { id } of rows) knownUsers(run.domain).add(id);
      done = pages.at(-1) ?? done;
      if (!done.nextCursor) continue;
      const strange = pages.filter(({ isStrange }) => isStrange).length;
      malformedPages = fresh > 0 ? 0 : malformedPages + strange;
      const isNew = fresh > 0 || (strange > 0 && malformedPages <= MAX_MALFORMED_PAGES);
      idlePages = isNew ? 0 : idlePages + (await countIdle(pages, () => nodesMet(db, run, label)));
      if (idlePages >= MAX_IDLE_PAGES) throw endlessList('Reading the list was stopped.');
      const idle = { ...(idlePages > 0 && { idlePages }), ...(malformedPages > 0 && { malformedPages }) };
      done = { ...done, nextCursor: { ...done.nextCursor, ...idle } };
      if (done.nextCursor) attempt.reached(done.nextCursor);
    }
    return { ...(done.nextCursor && { cursor: done.nextCursor }), seen: done.seen };
  });
}

/** A page of a list, ready to write. */
interface ReadListPage extends ReadRows {
  /** True if all its items are malformed and some were not on an earlier page. */
  isStrange: boolean;
  isFirst: boolean;
  /** Okta's clock at the response, milliseconds since the epoch. */
  dateMs: number;
  /** Number of rows of the list up to the end of this page. */
  seen: number;
  /** Position after this page; undefined for the last page. */
  nextCursor: ListCursor | undefined;
}

/**
 * Returns how many of these pages, which bring no new rows, count as idle. An empty page does. Rows can be known because
 * the list was restarted, an earlier attempt has written them, or a later run is ahead: then a page counts only once
 * more rows were read than the run has seen in the graph.
 */
async function countIdle(pages: readonly ReadListPage[], met: () => Promise<number>): Promise<number> {
  const isEmpty = ({ rows }: ReadListPage): boolean => rows.length === 0;
  if (pages.every(isEmpty)) return pages.length;
  const metRows = await met();
  return pages.filter((page) => isEmpty(page) || page.seen > metRows).length;
}

/**
 * Yields a list's pages for the time of a chunk; restarts the list if its cursor has expired.
 *
 * @param isVital of the list: true if what an early end leaves out would not be found otherwise.
 */
async function* pagesOf(
  {
    label,
    from,
    read,
    isVital,
    rules,
  }: { label: NodeLabel; from: ListCursor; read: ReadPage; isVital: boolean; rules: DataRules },
  attempt: Attempt<ListCursor>,
): AsyncGenerator<ReadListPage> {
  const trail = new Trail("Okta's next-page links form a loop; reading the list was stopped.");
  const malformed = new Set<string>();
  let cursor: ListCursor | undefined = from;
  do {
    let page: Page;
    try {
      page = await read(cursor.next, attempt);
      if (isVital && isDoubtfulEnd(page, cursor)) page = longer(page, await read(cursor.next, attempt));
    } catch (error) {
      attempt.signal.throwIfAborted();
      cursor = restarted(error, cursor);
      trail.clear();
      malformed.clear();
      continue;
    }
    const { items, dateMs, next } = page;
    trail.follow(next);
    const isFirst = cursor.next === undefined;
    const readable = readRows(label, items, rules);
    const isStrange = readable.rows.length === 0 && addAll(malformed, items);
    const seen: number = cursor.seen + readable.rows.length;
    cursor = next === undefined ? undefined : { next, seen, restarts: cursor.restarts };
    yield { ...readable, isStrange, isFirst, dateMs, seen, nextCursor: cursor };
  } while (cursor && !attempt.isOver());
}

/** Adds malformed items to `seen`, by id or by content. @returns true if any is new. */
function addAll(seen: Set<string>, items: readonly RawItem[]): boolean {
  const before = seen.size;
  for (const { id, json } of items) seen.add(id ?? createHash('sha256').update(json).digest('base64'));
  return seen.size > before;
}

/** Number of users or groups on a full page. */
const FULL_PAGE = 200;

/**
 * Returns true if a page without a next link is an unlikely end of a list: it is empty, though a link led to it, or it
 * is full. The watermark of an incremental run would skip anything after it.
 */
function isDoubtfulEnd({ items, next }: Page, { next: asked }: ListCursor): boolean {
  if (next !== undefined) return false;
  return items.length >= FULL_PAGE || (items.length === 0 && asked !== undefined);
}

/** Returns the last page out of two responses to one request: the second one if it has more. */
function longer(page: Page, again: Page): Page {
  const hasMore = again.next !== undefined || again.items.length > page.items.length;
  return hasMore ? { ...again, dateMs: page.dateMs } : page;
}

function restarted(error: unknown, { restarts }: ListCursor): ListCursor {
  const expired = error instanceof OktaError && error.code === 'OKTA_CURSOR_EXPIRED';
  if (!expired || restarts >= MAX_RESTARTS) throw error;
  return { ...LIST_START, restarts: restarts + 1 };
}

interface ReadRows {
  rows: NodeRow[];
  warnings: SyncWarning[];
  /** The latest time of a change in the rows, milliseconds since the epoch. */
  newestMs: number | undefined;
}

function readRows(label: NodeLabel, items: readonly RawItem[], rules: DataRules): ReadRows {
  const rows: NodeRow[] = [];
  const warnings: SyncWarning[] = [];
  const changes: (number | undefined)[] = [];
  for (const item of items) {
    const read = readItem(label, item, rules);
    if ('malformed' in read) warnings.push(malformedWarning(label, read));
    else {
      rows.push('email' in read ? userRow(read) : groupRow(read));
      warnings.push(...leftOutWarnings(label, read));
      changes.push(read.lastUpdated, 'email' in read ? undefined : read.lastMembershipUpdated);
    }
  }
  return { rows, warnings, newestMs: latest(changes) };
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
