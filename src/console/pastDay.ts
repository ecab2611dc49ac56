import { isDay } from '../text/parseTime';
import { brief } from '../text/printable';
import { formatTime } from '../text/times';

/** A day in UTC that has begun. */
export interface PastDay {
  text: string;
  endMs: number;
}

/** Parses a day such as `2026-11-24`; undefined if the text is none, or the day is in the future. */
export function pastDay(text: string): PastDay | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const endMs = Date.parse(`${text}T23:59:59.999Z`);
  return !isDay(text) || Date.parse(text) > Date.now() ? undefined : { text, endMs };
}

/** Says why a text is not a {@link PastDay}. */
export const notADayText = (text: string): string =>
  `${brief(text)} is not a date such as 2026-11-24, or it is in the future.`;

/**
 * Returns true if the history does not reach back to the end of a day.
 *
 * @param historySinceMs start of the history, in ms since the epoch; undefined if none is kept.
 */
export function isUncovered({ endMs }: PastDay, historySinceMs: number | undefined): boolean {
  return historySinceMs === undefined || endMs < historySinceMs;
}

/** Says why memberships on a day that is not covered are not known. */
export function uncoveredText(historySinceMs: number | undefined): string {
  return historySinceMs === undefined
    ? 'No history is kept, so past memberships are not known. To keep it, set HISTORY_RETENTION.'
    : `History begins at ${formatTime(new Date(historySinceMs))}. What was before is not known.`;
}
