import type { Answer } from '../answer';
import type { ApiCall } from '../apiCall';
import { forbidden } from '../errors';
import { applyFaults } from '../faultPages';
import type { JsonValue } from '../json';
import { urlWithCursor } from '../links';
import { itemBody, type Lists } from '../lists';
import type { Org } from '../org';
import { pageLimit } from '../pages';
import type { Settings } from '../settings';
import type { RecordedEvent, StoredEvent } from './event';
import { parseEventFilter, type ValuesAt } from './filter';
import { parseKeywords } from './keywords';
import { toLogEvent } from './logEvent';
import { encodeLogCursor, type LogPosition, type LogQuery, parseLogQuery } from './logQuery';

type Fits = (event: RecordedEvent) => boolean;

interface LogPage {
  readonly events: readonly RecordedEvent[];
  readonly next?: LogPosition;
}

/** `GET /api/v1/logs` of the simulated API. */
export class LogApi {
  constructor(
    private readonly org: Org,
    private readonly settings: Settings,
    private readonly lists: Lists,
  ) {}

  /** @throws OktaError if Okta would respond with an error. */
  answer(call: ApiCall): Answer {
    const { url, actions, route } = call;
    const { searchParams } = url;
    if (!this.settings.access.readsLog) throw forbidden();
    const query = parseLogQuery(searchParams, Math.floor(this.org.nowMs()));
    const limit = pageLimit(route.kind, searchParams);
    const fits = this.fitting(searchParams);
    const { events, next } = query.isPolling
      ? this.polled(query, limit, fits)
      : this.bounded(query, limit, fits);
    const bodies = events.map((event) => itemBody(toLogEvent(event, this.org.options)));
    const urlAt = (position: LogPosition): string => urlWithCursor(url, encodeLogCursor(position));
    const start = query.after ?? startOf(query);
    const page = { bodies, ...(next && { nextUrl: urlAt(next) }) };
    // Cursors have no time of issue, so the faults that ask for new ones get the same ones again.
    const faulty = applyFaults(page, actions, {
      samePageUrl: urlAt(start),
      newSamePageUrl: urlAt(start),
      endUrl: urlAt({ timeMs: query.untilMs, number: Number.MAX_SAFE_INTEGER }),
      beginningUrl: urlAt(startOf(query)),
      ...this.previousBody(query),
    });
    return this.lists.linkedPage(call, faulty);
  }

  /** Returns events in order of persistence, and always the position of a next page. */
  private polled({ sinceMs, keptSinceMs, after }: LogQuery, limit: number, fits: Fits): LogPage {
    const stored = this.org.log.events();
    const from = after ?? { timeMs: sinceMs, number: 0 };
    const page: StoredEvent[] = [];
    for (let i = indexAfter(stored, from); i < stored.length && page.length < limit; i++) {
      const candidate = stored[i] as StoredEvent;
      if (candidate.event.publishedMs >= keptSinceMs && fits(candidate.event)) page.push(candidate);
    }
    const last = page.at(-1);
    return {
      events: page.map(({ event }) => event),
      next: last ? { timeMs: last.storedMs, number: last.number } : from,
    };
  }

  /** Returns events in order of publication. */
  private bounded(query: LogQuery, limit: number, fits: Fits): LogPage {
    const { sinceMs, untilMs, keptSinceMs, after, isDescending } = query;
    const fromMs = Math.max(sinceMs, keptSinceMs);
    const direction = isDescending ? -1 : 1;
    const inOrder = (a: LogPosition, b: LogPosition): number =>
      direction * (a.timeMs - b.timeMs || a.number - b.number);
    const found = this.org.log
      .events()
      .filter(({ event }) => event.publishedMs >= fromMs && event.publishedMs <= untilMs && fits(event))
      .map(({ event, number }) => ({ event, timeMs: event.publishedMs, number }))
      .filter((position) => !after || inOrder(position, after) > 0)
      .sort(inOrder);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      events: page.map(({ event }) => event),
      ...(last && found.length > page.length && { next: { timeMs: last.timeMs, number: last.number } }),
    };
  }

  /** Returns the predicate of `filter` and `q`. */
  private fitting(query: URLSearchParams): Fits {
    const filter = query.get('filter');
    const q = query.get('q');
    const fitsFilter = filter ? parseEventFilter(filter) : () => true;
    const fitsKeywords = q ? parseKeywords(q) : undefined;
    const { options } = this.org;
    return (event) =>
      fitsFilter(this.valuesOf(event)) && (!fitsKeywords || fitsKeywords(toLogEvent(event, options)));
  }

  /** Takes the fields that clients filter by from the record, because the complete event takes longer. */
  private valuesOf(event: RecordedEvent): ValuesAt {
    return (path) => {
      if (path === 'eventType') return [event.type];
      if (path === 'target.id') return event.targets.map(({ id }) => id);
      if (path === 'target.type') return event.targets.map(({ type }) => type);
      return valuesAt(toLogEvent(event, this.org.options), path.split('.'));
    };
  }

  /** The last event of the page before, which the fault `repeatItem` repeats. */
  private previousBody({ after }: LogQuery): { previousBody?: Buffer } {
    const stored = this.org.log.events();
    const previous = after && stored[after.number - (stored[0]?.number ?? 0)];
    return previous ? { previousBody: itemBody(toLogEvent(previous.event, this.org.options)) } : {};
  }
}

function startOf({ isDescending, sinceMs, untilMs }: LogQuery): LogPosition {
  return isDescending ? { timeMs: untilMs, number: Number.MAX_SAFE_INTEGER } : { timeMs: sinceMs, number: 0 };
}

/** Returns the index of the first event after a position. */
function indexAfter(stored: readonly StoredEvent[], { timeMs, number }: LogPosition): number {
  let low = 0;
  let high = stored.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { storedMs, number: other } = stored[middle] as StoredEvent;
    if (storedMs < timeMs || (storedMs === timeMs && other <= number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the values at a path as text; lists on the way count as their items. */
function valuesAt(value: JsonValue | undefined, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [key, ...rest] = path;
  if (key === undefined)
    return value === null || value === undefined || typeof value === 'object' ? [] : [String(value)];
  return typeof value === 'object' && value !== null ? valuesAt(value[key], rest) : [];
}
