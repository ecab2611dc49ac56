/** What the headers of one answer say of its rate limit bucket. */
export interface RateLimitHeaders {
  limit: number;
  remaining: number;
  /** UTC epoch seconds, Okta's clock: names the window. */
  reset: number;
  /** From the answer's arrival until the window has surely ended, milliseconds. */
  untilResetMs: number;
}

/**
 * Reads `X-Rate-Limit-*`. A header can come doubled, `a, b`: the smaller counts for limit and remaining, the
 * later for reset. The wait is taken between the answer's own headers, since the local clock may be off.
 */
export function readRateLimitHeaders(
  headers: Readonly<Record<string, unknown>>,
): RateLimitHeaders | undefined {
  const limits = numbers(headers['x-rate-limit-limit']);
  const remainings = numbers(headers['x-rate-limit-remaining']);
  const resets = numbers(headers['x-rate-limit-reset']);
  if (limits.length === 0 || remainings.length === 0 || resets.length === 0) return undefined;
  const reset = Math.max(...resets);
  const date = Date.parse(String(headers['date']));
  const nowMs = Number.isNaN(date) ? Date.now() : date;
  return {
    limit: Math.min(...limits),
    remaining: Math.min(...remainings),
    reset,
    untilResetMs: Math.max(0, reset * 1000 - nowMs) + 1000,
  };
}

function numbers(header: unknown): number[] {
  const text = Array.isArray(header) ? header.join(',') : typeof header === 'string' ? header : '';
  return text
    .split(',')
    .filter((part) => /^\s*\d+\s*$/.test(part))
    .map(Number);
}
