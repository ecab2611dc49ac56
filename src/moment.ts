import ms from 'ms';
import { UsageError } from './usageError';

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A moment as people name it: how long ago, such as `7d`, or a date or time in ISO 8601, in UTC where it has no zone.
 *
 * @throws UsageError when it is neither.
 */
export function momentOf(text: string, now: Date): Date {
  if (ISO_DATE.test(text)) {
    const hasZone = !text.includes('T') || /(Z|[+-]\d{2}:\d{2})$/.test(text);
    const date = new Date(hasZone ? text : `${text}Z`);
    if (!Number.isNaN(date.getTime())) return date;
  }
  const agoMs = /[a-z]$/i.test(text) ? ms(text as ms.StringValue) : undefined;
  if (agoMs !== undefined && agoMs >= 0) return new Date(now.getTime() - agoMs);
  throw new UsageError(`${text} is no moment: write how long ago, such as 7d, or a date such as 2026-11-24`);
}
