import ms from 'ms';

/** Upper bound of a duration: a thousand years, which is within what a `Date` can count. */
const MAX_DURATION_MS = 1_000 * 365.25 * 86_400_000;

/** Whole milliseconds of a duration with its unit, such as `90m` or `7d`; undefined for any other text, and beyond a thousand years. */
export function durationMs(text: string): number | undefined {
  // ms throws above a length, takes a number alone as milliseconds, and knows no limit.
  if (text.length > 50 || !/[a-z]$/i.test(text)) return undefined;
  const value = ms(text as ms.StringValue) as number | undefined;
  return value !== undefined && Math.abs(value) <= MAX_DURATION_MS ? Math.round(value) : undefined;
}
