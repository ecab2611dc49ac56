import ms from 'ms';

/** Maximum duration: 1,000 years, which a `Date` can still represent. */
const MAX_DURATION_MS = 1_000 * 365.25 * 86_400_000;

/** Parses a duration with a unit, such as `90m` or `7d`, to whole milliseconds; undefined for any other text, and above 1,000 years. */
export function durationMs(text: string): number | undefined {
  // ms throws if the text is too long, reads a number without a unit as milliseconds, and has no upper limit.
  if (text.length > 50 || !/[a-z]$/i.test(text)) return undefined;
  const value = ms(text as ms.StringValue) as number | undefined;
  return value !== undefined && Math.abs(value) <= MAX_DURATION_MS ? Math.round(value) : undefined;
}
