/** The rate limit headers of one response. */
export interface RateLimitHeaders {
  limit: number;
  remaining: number;
  /** Seconds since the epoch on Okta's clock; identifies the window. */
  reset: number;
  /**
   * Time from the response's arrival until the window has certainly ended, milliseconds; at most {@link
   * LONGEST_WINDOW_MS} plus one second.
   */
  untilResetMs: number;
}

/** `Reset` and `Date` are both rounded to a second: the window ends up to this much later than their difference. */
export const RESET_MARGIN_MS = 1000;

/** Usual length of Okta's windows, about a minute. */
export const USUAL_WINDOW_MS = 60_000;

/** The longest accepted wait, only used if Okta's clock and this machine's clock agree. */
export const LONGEST_WINDOW_MS = 3_600_000;

const ROUNDING_MS = 5_000;

/** The longest wait until the end of a usual window, computed from a response's rounded times. */
export const LONGEST_USUAL_MS = USUAL_WINDOW_MS + ROUNDING_MS;

const CLOCKS_AGREE_MS = 10_000;

/** A date in the year 5138, in seconds: a larger reset is in milliseconds. */
const LARGEST_SECONDS = 1e11;

/**
 * Reads the `X-Rate-Limit-*` headers. A header can be duplicated, `a, b`: the smaller value applies for limit and
 * remaining, the later one for reset. The wait is computed from the response's own headers, since the local clock may
 * be wrong; if the result is not plausible (a cache has kept `Date`), from the local clock; if that is not plausible
 * either, a usual window is assumed.
 *
 * @returns undefined if one of the three is missing or not a number.
 */
export function readRateLimitHeaders(
  headers: Readonly<Record<string, unknown>>,
  nowMs = Date.now(),
): RateLimitHeaders | undefined {
  const limits = numbers(headers['x-rate-limit-limit']);
  const remainings = numbers(headers['x-rate-limit-remaining']);
  const reset = readReset(headers);
  if (limits.length === 0 || remainings.length === 0 || reset === undefined) return undefined;
  const date = Date.parse(String(headers['date']));
  const waitMs = untilReset(reset * 1000, Number.isNaN(date) ? undefined : date, nowMs);
  return {
    limit: Math.min(...limits),
    remaining: Math.min(...remainings),
    // A reset that is not accepted does not identify the window; the assumed one does.
    reset: waitMs === undefined ? Math.ceil((nowMs + USUAL_WINDOW_MS) / 1000) : reset,
    untilResetMs: (waitMs ?? USUAL_WINDOW_MS) + RESET_MARGIN_MS,
  };
}

/**
 * Reads `X-Rate-Limit-Reset`.
 *
 * @returns seconds since the epoch on Okta's clock; undefined if it is missing or not a number.
 */
export function readReset(headers: Readonly<Record<string, unknown>>): number | undefined {
  const resets = numbers(headers['x-rate-limit-reset']).map(toSeconds);
  return resets.length === 0 ? undefined : Math.max(...resets);
}

/** Returns the milliseconds until the reset, 0 if it has passed; undefined if it is implausible by either clock. */
function untilReset(resetMs: number, dateMs: number | undefined, nowMs: number): number | undefined {
  const byClock = resetMs - nowMs;
  const byDate = resetMs - (dateMs ?? nowMs);
  for (const waitMs of [byDate, byClock]) if (isUsual(waitMs)) return Math.max(0, waitMs);
  if (byDate <= 0) return 0;
  const agree = dateMs !== undefined && Math.abs(byDate - byClock) <= CLOCKS_AGREE_MS;
  return agree && byDate <= LONGEST_WINDOW_MS ? byDate : undefined;
}

/** Returns true if a reset this many milliseconds ahead of a clock belongs to a window that is open by that clock. */
export function isUsual(waitMs: number): boolean {
  return waitMs >= -ROUNDING_MS && waitMs <= LONGEST_USUAL_MS;
}

function toSeconds(reset: number): number {
  return reset > LARGEST_SECONDS ? Math.floor(reset / 1000) : reset;
}

function numbers(header: unknown): number[] {
  const text = Array.isArray(header) ? header.join(',') : typeof header === 'string' ? header : '';
  return text
    .split(',')
    .filter((part) => /^\s*\d+\s*$/.test(part))
    .map(Number)
    .filter(Number.isSafeInteger);
}
