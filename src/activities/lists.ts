import { createHash } from 'node:crypto';
import type { SyncWarning, NodeLabel } from '../contract';
import { nodesMet, writeListPages } from '../graph/write/lists';
import { groupRow, userRow, type NodeRow } from '../graph/write/nodes';
import type { Run, RunWriter } from '../graph/write/run';
import { OktaError } from '../okta/errors';
import type { RawItem } from '../okta/items';
import type { Page } from '../okta/org';
import { LIST_CURSOR } from '../boundary/inputs';
import { Attempt } from './context';
import type { Ports } from './ports';
import { knownUsers } from './knownUsers';
import { readAhead } from './readAhead';
import { malformedWarning, readItem } from './readItem';
import { endlessList, MAX_IDLE_PAGES, MAX_MALFORMED_PAGES, Trail } from './trail';
import { recordingUsage } from './usage';

/** Where a list goes on. It crosses the workflow and the heartbeat, so it holds no person's data. */
export interface ListCursor {
  /** Okta's own cursor; absent at the list's beginning. */
  next?: string;
  /** Rows read so far, without those that are malformed. */
  seen: number;
  /** How often the list had to begin again since its cursor had expired. */
  restarts: number;
  /** Pages in a row that brought nothing new; absent for 0. */
  idlePages?: number;
  /** Pages in a row of malformed items alone that were new to their chunk; absent for 0. */
  malformedPages?: number;
}

export interface ListChunk {
  /** Absent when the list was read to its end. */
  cursor?: ListCursor;
  seen: number;
}

export const LIST_START: ListCursor = { seen: 0, restarts: 0 };

/** A list whose cursor expires this often is not going to end. */
const MAX_RESTARTS = 3;

/** Pages read before their writer takes them: what waits meanwhile goes in one transaction. */
const MAX_AHEAD = 4;

type ReadPage = (cursor: string | undefined, attempt: Attempt<ListCursor>) => Promise<Page>;

/** Works through a list's pages for a chunk's time: the next ones are read while those before are written. */
export async function drainList(
  { graph: db, chunkMs }: Ports,
  run: Run,
  { label, from, read }: { label: NodeLabel; from: ListCursor; read: ReadPage },
): Promise<ListChunk> {
  const attempt = new Attempt<ListCursor>(chunkMs, LIST_CURSOR);
  const start = attempt.lastDetails ?? from;
  const writer: RunWriter = { db, run, usage: attempt.usage };
  return recordingUsage(writer, async () => {
    let done: { seen: number; behind: ListCursor | undefined } = { seen: start.seen, behind: start };
    let { idlePages = 0, malformedPages = 0 } = start;
    for await (const pages of readAhead(pagesOf(label, start, read, attempt), MAX_AHEAD)) {
      const rows = pages.flatMap((page) => page.rows);
      const fresh = await writeListPages(writer, label, {
        rows,
        warnings: pages.flatMap(({ warnings }) => warnings),
        asOfMs: pages.findLast(({ isFirst }) => isFirst)?.dateMs,
        newestMs: latest(pages.map(({ newestMs }) => newestMs)),
        isEnd: pages.at(-1)?.behind === undefined,
      });
      if (label === 'User') for (const { id } of rows) knownUsers(run.domain).add(id);
      done = pages.at(-1) ?? done;
      if (!done.behind) continue;
      const strange = pages.filter(({ isStrange }) => isStrange).length;
      malformedPages = fresh > 0 ? 0 : malformedPages + strange;
      const isNew = fresh > 0 || (strange > 0 && malformedPages <= MAX_MALFORMED_PAGES);
      idlePages = isNew ? 0 : idlePages + (await countIdle(pages, () => nodesMet(db, run, label)));
      if (idlePages >= MAX_IDLE_PAGES) throw endlessList('the list was stopped.');
      const idle = { ...(idlePages > 0 && { idlePages }), ...(malformedPages > 0 && { malformedPages }) };
      done = { ...done, behind: { ...done.behind, ...idle } };
      if (done.behind) attempt.reached(done.behind);
    }
    return { ...(done.behind && { cursor: done.behind }), seen: done.seen };
  });
}

/** A page of a list, ready to write. */
interface ReadListPage extends ReadRows {
  /** Whether all its items are malformed, and some were not on a page before. */
  isStrange: boolean;
  isFirst: boolean;
  /** Okta's clock when it answered, milliseconds since the epoch. */
  dateMs: number;
  /** Rows of the list up to its end. */
  seen: number;
  /** Where the list goes on; undefined behind its last page. */
  behind: ListCursor | undefined;
}

/**
 * How many of these pages, none of whose rows is known to be new, count as idle. Where a list began again, a page that an
 * attempt had written is read once more, or a later run is ahead, rows are known for a good reason: until as many were read
 * as the run can have met.
 */
async function countIdle(pages: readonly ReadListPage[], met: () => Promise<number>): Promise<number> {
  const isEmpty = ({ rows }: ReadListPage): boolean => rows.length === 0;
  if (pages.every(isEmpty)) return pages.length;
  const metRows = await met();
  return pages.filter((page) => isEmpty(page) || page.seen > metRows).length;
}

/** A list's pages one after another, for a chunk's time; from the beginning again when the cursor has expired. */
async function* pagesOf(
  label: NodeLabel,
  from: ListCursor,
  read: ReadPage,
  attempt: Attempt<ListCursor>,
): AsyncGenerator<ReadListPage> {
  const trail = new Trail("Okta's pages lead in a circle; the list was stopped.");
  const malformed = new Set<string>();
  let cursor: ListCursor | undefined = from;
  do {
    let page: Page;
    try {
      page = await read(cursor.next, attempt);
      if (label === 'User' && isDoubtfulEnd(page, cursor))
        page = longer(page, await read(cursor.next, attempt));
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
    const readable = readRows(label, items);
    const isStrange = readable.rows.length === 0 && addAll(malformed, items);
    const seen: number = cursor.seen + readable.rows.length;
    cursor = next === undefined ? undefined : { next, seen, restarts: cursor.restarts };
    yield { ...readable, isStrange, isFirst, dateMs, seen, behind: cursor };
  } while (cursor && !attempt.isOver());
}

/** Adds malformed items to those seen before: by their ids, or by their content. @returns true if any is new. */
function addAll(seen: Set<string>, items: readonly RawItem[]): boolean {
  const before = seen.size;
  for (const { id, json } of items) seen.add(id ?? createHash('sha256').update(json).digest('base64'));
  return seen.size > before;
}

/** Users on a full page. */
const FULL_PAGE = 200;

/**
 * Whether a page without a next link is an odd place for a list to end: it is empty though a link led to it, or full. The
 * watermark of an incremental run would pass by what is behind it.
 */
function isDoubtfulEnd({ items, next }: Page, { next: asked }: ListCursor): boolean {
  if (next !== undefined) return false;
  return items.length >= FULL_PAGE || (items.length === 0 && asked !== undefined);
}

/** A list's last page, of two answers to one request: the later, where that has more. */
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
  /** The newest `lastUpdated` among the rows. */
  newestMs: number | undefined;
}

function readRows(label: NodeLabel, items: readonly RawItem[]): ReadRows {
  const rows: NodeRow[] = [];
  const warnings: SyncWarning[] = [];
  for (const item of items) {
    const read = readItem(label, item);
    if ('malformed' in read) warnings.push(malformedWarning(label, read));
    else rows.push('email' in read ? userRow(read) : groupRow(read));
  }
  return { rows, warnings, newestMs: latest(rows.map(({ lastUpdated }) => lastUpdated)) };
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
