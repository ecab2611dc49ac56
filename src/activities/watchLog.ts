import { Context } from '@temporalio/activity';
import { stronger, type AccessKind, type LogCursor, type Touched } from '../contract';
import { LOG_CURSOR } from '../boundary/inputs';
import type { Fault } from '../faults/fault';
import { orgAtWatch } from '../graph/write/touched';
import type { CallContext } from '../okta/callContext';
import { OktaError } from '../okta/errors';
import type { RawItem } from '../okta/items';
import type { OktaOrg } from '../okta/org';
import { isPing, pings, uuidOf, type Pings } from '../okta/pings';
import { Attempt } from './context';
import type { Ports } from './ports';

/** Input of `watchLog`. */
export interface LogWatch {
  domain: string;
  intervalMs: number;
  /** Absent at the start. */
  cursor?: LogCursor;
  /** It returns after this time at the latest, milliseconds; default some minutes. */
  forMs?: number;
  /** True to poll at once. */
  isPinged?: boolean;
}

/** What `watchLog` has found. */
export interface LogChunk extends Pick<Pings, 'apps' | 'owners' | 'incremental'> {
  cursor: LogCursor;
  touched: Touched;
  /** The time between which events could not be read, by the worker's clock. */
  gap?: { fromMs: number; untilMs: number };
  /** Why Okta does not let the log be read. */
  refused?: Fault;
}

/** A quiet log is followed by one activity for this long. */
const TURN_MS = 10 * 60_000;

/** Time between two heartbeats while it waits for the next poll. */
const BEAT_MS = 5_000;

/** Maximum number of pages of one poll: the next poll continues. */
const MAX_PAGES = 20;

/** Maximum number of users and groups that are read one by one; more are read as lists, by an incremental run. */
const MAX_OBJECTS = 200;

/** Number of events that are remembered: those that are there twice follow each other closely. */
const MAX_RECENT = 100;

/** A log begins with what the last run may not have seen, at most this long ago. */
const LONGEST_START_MS = 7 * 86_400_000;

/** Okta keeps events for 90 days. */
const KEPT_MS = 89 * 86_400_000;

/** After a gap, reading begins this long before now: events are stored late. */
const OVERLAP_MS = 60_000;

/**
 * Polls the System Log until it names something to read again, or for some minutes. A poll reads on from the next link of
 * the one before, and a retry from the last poll that found nothing, so that no event is passed over.
 */
export async function watchLog(ports: Ports, watch: LogWatch): Promise<LogChunk> {
  const { intervalMs, forMs = TURN_MS, isPinged = false } = watch;
  const attempt = new Attempt<LogCursor>(ports.chunkMs, LOG_CURSOR, { signalsWaits: false });
  const org = ports.okta.org(watch.domain);
  const endMs = Date.now() + Math.min(forMs, TURN_MS);
  // A clock that was set back must not make it wait.
  const dueOf = ({ polledMs = 0 }: LogCursor) => Math.min(polledMs, Date.now()) + intervalMs;
  let cursor: LogCursor = attempt.lastDetails ?? watch.cursor ?? (await startOf(ports, watch.domain));
  let dueMs = isPinged ? 0 : dueOf(cursor);
  try {
    for (;;) {
      attempt.reached(cursor);
      if (dueMs >= endMs) {
        await pauseUntil(attempt, endMs);
        return { cursor, ...NOTHING };
      }
      await pauseUntil(attempt, dueMs);
      // Each page takes a request, and a backlog many pages.
      const found = await attempt.during(poll({ org, attempt, access: ports.sync.access }, cursor));
      if (found.refused || isSomething(found) || isCancelRequested()) return found;
      cursor = found.cursor;
      dueMs = dueOf(cursor);
    }
  } catch (error) {
    // A ping ends the wait, and the next activity polls at once.
    if (isCancelRequested()) return { cursor, ...NOTHING };
    throw error;
  }
}

const NOTHING = { touched: { users: [], groups: [] }, apps: [] };

function isCancelRequested(): boolean {
  const { cancellationSignal, cancellationDetails } = Context.current();
  return cancellationSignal.aborted && cancellationDetails?.workerShutdown !== true;
}

/** Waits in steps, because each heartbeat also brings a cancellation. */
async function pauseUntil(attempt: Attempt<unknown>, timeMs: number): Promise<void> {
  for (let leftMs = timeMs - Date.now(); leftMs > 0; leftMs = timeMs - Date.now()) {
    await attempt.pause(Math.min(leftMs, BEAT_MS));
    attempt.beat();
  }
}

function isSomething({ touched, apps, incremental }: LogChunk): boolean {
  return touched.users.length + touched.groups.length + apps.length > 0 || incremental !== undefined;
}

interface Polling {
  org: OktaOrg;
  attempt: Attempt<unknown>;
  access: readonly AccessKind[];
}

/** Reads the pages up to the newest event, and says what they name. */
async function poll({ org, attempt, access }: Polling, cursor: LogCursor): Promise<LogChunk> {
  const nowMs = Date.now();
  const { sinceMs = nowMs, polledMs = nowMs } = cursor;
  if (nowMs - polledMs > KEPT_MS) return lost(cursor, nowMs);
  const events = new Map<string, unknown>();
  let { next } = cursor;
  let isAtEnd = false;
  try {
    for (let pages = 0; pages < MAX_PAGES && !isAtEnd; pages += 1) {
      const page = await org.log(next, sinceMs, pages === 0 ? withoutPings(attempt) : attempt);
      for (const item of page.items) {
        const event = valueOf(item);
        const uuid = uuidOf(event);
        if (uuid !== undefined && !cursor.recent.includes(uuid) && isPing(event, access))
          events.set(uuid, event);
      }
      isAtEnd = page.isEnd;
      next = page.next;
    }
  } catch (error) {
    // A ping ends the poll: what it has read counts, and the next one reads on from there.
    if (!isCancelRequested()) {
      attempt.signal.throwIfAborted();
      if (!(error instanceof OktaError)) throw error;
      const { code, fact, advice } = error;
      if (code === 'OKTA_CURSOR_EXPIRED') return lost(cursor, nowMs);
      if (code !== 'OKTA_FORBIDDEN') throw error;
      return {
        cursor,
        ...NOTHING,
        refused: { code, message: fact, ...(advice !== undefined && { advice }) },
      };
    }
  }
  const recent = [...cursor.recent, ...events.keys()].slice(-MAX_RECENT);
  // Where the end is not reached, the next poll is due at once, and the graph is not as new as this one.
  const read = { ...cursor, next, recent, ...(isAtEnd && { polledMs: nowMs }) };
  return { cursor: read, ...limited(pings([...events.values()], access)) };
}

/**
 * The context of a request that a ping does not end: if pages take longer than the time between pings, none would ever be
 * read.
 */
function withoutPings({ beat, waits, usage }: Attempt<unknown>): CallContext {
  const context = Context.current();
  const { cancellationSignal: signal } = context;
  const stop = new AbortController();
  const stopUnlessPinged = () => {
    if (context.cancellationDetails?.cancelRequested !== true) stop.abort(signal.reason);
  };
  if (signal.aborted) stopUnlessPinged();
  else signal.addEventListener('abort', stopUnlessPinged, { once: true });
  return { signal: stop.signal, beat, waits, usage };
}

/** Many objects are read as lists, by an incremental run. */
function limited({ users, groups, apps, owners, incremental }: Pings): Omit<LogChunk, 'cursor'> {
  const isFlood = users.length + groups.length > MAX_OBJECTS || apps.length > MAX_OBJECTS;
  const reason = isFlood ? stronger(incremental, 'flood') : incremental;
  return {
    touched: isFlood ? NOTHING.touched : { users, groups },
    apps: apps.slice(0, MAX_OBJECTS),
    ...(owners && {
      owners: { users: owners.users.slice(0, MAX_OBJECTS), groups: owners.groups.slice(0, MAX_OBJECTS) },
    }),
    ...(reason && { incremental: reason }),
  };
}

/** The log is followed from now on, and an incremental run finds what events said in between. */
function lost({ polledMs, sinceMs, recent }: LogCursor, nowMs: number): LogChunk {
  return {
    cursor: { sinceMs: nowMs - OVERLAP_MS, polledMs: nowMs, recent },
    ...NOTHING,
    incremental: 'log gap',
    gap: { fromMs: polledMs ?? sinceMs ?? nowMs, untilMs: nowMs },
  };
}

function valueOf(item: RawItem): unknown {
  try {
    return item.value;
  } catch {
    return undefined;
  }
}

/** Begins with what the last run may not have seen. */
async function startOf({ graph }: Ports, domain: string): Promise<LogCursor> {
  const { watermarkMs } = await orgAtWatch(graph, domain);
  const nowMs = Date.now();
  return { sinceMs: Math.max(watermarkMs ?? nowMs, nowMs - LONGEST_START_MS), recent: [] };
}
