import { OktaError } from '../errors';

const DAY_MS = 86_400_000;
const RETENTION_MS = 90 * DAY_MS;
const MAX_SINCE_MS = 180 * DAY_MS;
const DEFAULT_SPAN_MS = 7 * DAY_MS;

/** The place of an event in the log's order of persistence or, for a bounded request, of publication. */
export interface LogPosition {
  readonly timeMs: number;
  /** The event's number, 0 for the beginning of a time. */
  readonly number: number;
}

/** What a request for the log asks for. */
export interface LogQuery {
  /** True for a request without `until` in ascending order, whose pages never end. */
  readonly isPolling: boolean;
  readonly isDescending: boolean;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Events that were published before are no longer served. */
  readonly keptSinceMs: number;
  readonly after: LogPosition | undefined;
}

/** @throws OktaError, 400, for an invalid parameter, or a `since` more than 180 days ago. */
export function parseLogQuery(query: URLSearchParams, nowMs: number): LogQuery {
  const until = timeOf(query, 'until');
  const untilMs = until ?? nowMs;
  const isDescending = sortOrderOf(query) === 'DESCENDING';
  const afterText = query.get('after');
  const after = afterText === null ? undefined : decodeLogCursor(afterText);
  const sinceMs = timeOf(query, 'since') ?? untilMs - DEFAULT_SPAN_MS;
  if (!after && nowMs - sinceMs > MAX_SINCE_MS)
    throw new OktaError(
      400,
      'E0000053',
      'Invalid parameter: The since parameter is over 180 days prior to the current day.',
    );
  return {
    isPolling: until === undefined && !isDescending,
    isDescending,
    sinceMs,
    untilMs,
    keptSinceMs: nowMs - RETENTION_MS,
    after,
  };
}

/** Returns a cursor of the form that Okta's has: a time in milliseconds and a number. */
export function encodeLogCursor({ timeMs, number }: LogPosition): string {
  return `${timeMs}_${number}`;
}

function decodeLogCursor(cursor: string): LogPosition {
  const [, timeMs, number] = /^(\d{1,15})_(\d{1,15})$/.exec(cursor) ?? [];
  if (timeMs === undefined) throw invalid('after', 'The cursor does not belong to this list');
  return { timeMs: Number(timeMs), number: Number(number) };
}

function sortOrderOf(query: URLSearchParams): string {
  const order = query.get('sortOrder') ?? 'ASCENDING';
  if (order === 'ASCENDING' || order === 'DESCENDING') return order;
  throw invalid('sortOrder', 'must be ASCENDING or DESCENDING.');
}

/** Returns undefined for an absent or empty time. */
function timeOf(query: URLSearchParams, name: 'since' | 'until'): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const timeMs = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  throw invalid(
    name,
    'The date format in your query is not recognized. Please enter dates using ISO8601 string format.',
    'must be a valid date-time or empty.',
  );
}

function invalid(name: string, ...causes: readonly string[]): OktaError {
  const summary = causes.map((cause) => `'${name}': ${cause}`).join('. ');
  const details = causes.map((cause) => `${name}: ${cause}`);
  return new OktaError(400, 'E0000001', `Api validation failed: ${summary}`, details);
}
