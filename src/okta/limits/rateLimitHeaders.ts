/** What the headers of one answer say of its rate limit bucket. */
export interface RateLimitHeaders {
  limit: number;
  remaining: number;
  /** UTC epoch seconds, Okta's clock: names the window. */
  reset: number;
  /** From the answer's arrival until the window has surely ended, milliseconds; at most {@link LONGEST_WINDOW_MS} and a second. */
  untilResetMs: number;
}

/** `Reset` is rounded to a second, and so is `Date`: the window has ended this long after the difference of the two. */
export const RESET_MARGIN_MS = 1000;

/** Okta's windows last about a minute. */
export const USUAL_WINDOW_MS = 60_000;

/** The longest wait that is believed, and only where Okta's clock and this machine's tell of the same. */
export const LONGEST_WINDOW_MS = 3_600_000;

const ROUNDING_MS = 5_000;

/** The longest wait until the end of a usual window, as an answer's rounded times tell it. */
export const LONGEST_USUAL_MS = USUAL_WINDOW_MS + ROUNDING_MS;

const CLOCKS_AGREE_MS = 10_000;

/** Seconds of the year 5138: a larger reset is in milliseconds. */
const LARGEST_SECONDS = 1e11;

/**
 * Reads `X-Rate-Limit-*`. A header can come doubled, `a, b`: the smaller counts for limit and remaining, the
 * later for reset. The wait is taken between the answer's own headers, since the local clock may be off; where that
 * makes no sense (a cache has kept `Date`), against the local clock; where neither does, a usual window is assumed.
 *
 * @returns undefined when one of the three is missing, or is not a number.
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
    // A reset that is not believed names no window: the assumed one does.
    reset: waitMs === undefined ? Math.ceil((nowMs + USUAL_WINDOW_MS) / 1000) : reset,
    untilResetMs: (waitMs ?? USUAL_WINDOW_MS) + RESET_MARGIN_MS,
  };
}

/**
 * Reads `X-Rate-Limit-Reset`.
 *
 * @returns UTC epoch seconds by Okta's clock; undefined when there is none, or it is not a number.
 */
export function readReset(headers: Readonly<Record<string, unknown>>): number | undefined {
  const resets = numbers(headers['x-rate-limit-reset']).map(toSeconds);
  return resets.length === 0 ? undefined : Math.max(...resets);
}

/** Milliseconds until the reset, 0 when it has passed; undefined when no clock makes sense of it. */
function untilReset(resetMs: number, dateMs: number | undefined, nowMs: number): number | undefined {
  const byClock = resetMs - nowMs;
  const byDate = resetMs - (dateMs ?? nowMs);
  for (const waitMs of [byDate, byClock]) if (isUsual(waitMs)) return Math.max(0, waitMs);
  if (byDate <= 0) return 0;
  const agree = dateMs !== undefined && Math.abs(byDate - byClock) <= CLOCKS_AGREE_MS;
  return agree && byDate <= LONGEST_WINDOW_MS ? byDate : undefined;
}

/** True if a reset that is so far ahead of a clock, milliseconds, is of a window that is open by that clock. */
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
