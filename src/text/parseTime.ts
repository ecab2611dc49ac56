import { durationMs } from './parseDuration';
import { brief } from './printable';
import { UsageError } from './usageError';

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** A time zone could shift a time to before the year 0, which ISO 8601 writes with a different number of digits. */
const EARLIEST_MS = Date.parse('0000-01-01T00:00:00Z');

/**
 * Parses a point in time: a duration before `now`, such as `7d`, or an ISO 8601 date or time, in UTC unless it has a
 * time zone.
 *
 * @throws UsageError for any other text.
 */
export function parseTime(text: string, now: Date): Date {
  if (ISO_DATE.test(text)) {
    const hasZone = !text.includes('T') || /(Z|[+-]\d{2}:\d{2})$/.test(text);
    const date = new Date(hasZone ? text : `${text}Z`);
    if (date.getTime() >= EARLIEST_MS && isDay(text.slice(0, 10))) return date;
  }
  const agoMs = durationMs(text);
  if (agoMs !== undefined && agoMs >= 0) return new Date(now.getTime() - agoMs);
  throw new UsageError(
    `${brief(text)} is not a valid time: use how long ago, such as 7d, or a date such as 2026-11-24`,
  );
}

/** Returns false for a day such as February 30, which JavaScript takes for one of March. */
export function isDay(text: string): boolean {
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
