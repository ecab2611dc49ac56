import { isUsual, readReset } from './rateLimitHeaders';

/**
 * Maximum difference between two clocks that show the same time. Clocks synchronized over the network differ by less
 * than a second, and a response is at most a minute old; a watermark trails Okta's clock by the same 5 minutes.
 */
const SAME_TIME_MS = 300_000;

/**
 * A second response confirms a different clock only if its `Date`, in whole seconds, is later than the first: a
 * constant `Date` is not a clock.
 */
const LATER_MS = 1_000;

/** After this time, the `Date` of another response is certainly later by a whole second. */
export const NEXT_DATE_MS = LATER_MS + 100;

/**
 * Once a response has confirmed this machine's clock, all responses within one minute must agree before another clock
 * is accepted.
 */
const LATER_IF_CONFIRMED_MS = 60_000;

/** A `Date`, and by how much it is ahead of this machine's clock. */
interface Dated {
  dateMs: number;
  offsetMs: number;
}

/**
 * Okta's clock, derived from the `Date` headers of one org's responses. A `Date` near this machine's time is accepted.
 * Otherwise, the response's rate limit reset decides: Okta computes it with the same clock, at most a minute ahead.
 *
 * - The reset matches this machine's clock: the `Date` is wrong, even if many responses agree on it.
 * - It matches the `Date`: this machine's clock is wrong, and the `Date` is accepted.
 * - It matches neither: the clock that further responses agree on is accepted.
 */
export class OktaClock {
  /** Okta's clock minus this machine's at the last accepted `Date`, milliseconds. */
  private offsetMs = 0;
  /** The offset that responses agree on; undefined while this machine's clock is considered right. */
  private agreedMs: number | undefined;
  /** The first of the latest responses that agree with each other but not with the clock so far. */
  private doubted: Dated | undefined;
  /** True once a response has confirmed this machine's clock. */
  private isConfirmed = false;

  /**
   * Processes the `Date` and `X-Rate-Limit-Reset` headers of a new response.
   *
   * @param headers of the response; each may be absent or invalid.
   * @param nowMs this machine's clock, milliseconds since the epoch.
   * @returns Okta's clock at the response, milliseconds since the epoch.
   */
  dateOf(headers: Readonly<Record<string, unknown>>, nowMs = Date.now()): number {
    const dateMs = Date.parse(String(headers['date']));
    const offsetMs = dateMs - nowMs;
    const resetMs = (readReset(headers) ?? NaN) * 1000;
    if (Number.isNaN(dateMs) || !this.believes({ dateMs, offsetMs }, resetMs)) return nowMs + this.offsetMs;
    this.offsetMs = offsetMs;
    this.doubted = undefined;
    return dateMs;
  }

  /**
   * True while a `Date` is in doubt and no other response has shown which clock is right; another response a second
   * later can.
   */
  get isUnsettled(): boolean {
    return this.doubted !== undefined && this.agreedMs === undefined && !this.isConfirmed;
  }

  /** Returns true if this `Date` is accepted as Okta's clock, and updates the clock from it. */
  private believes(answer: Dated, resetMs: number): boolean {
    const { dateMs, offsetMs } = answer;
    const isNear = areNear(offsetMs, 0);
    if (isNear || isUsual(resetMs - (dateMs - offsetMs))) {
      this.isConfirmed = this.agreedMs === undefined;
      if (!this.isConfirmed) this.offsetMs = 0;
      this.agreedMs = undefined;
      this.doubted = undefined;
      return isNear;
    }
    if (this.agreedMs !== undefined && areNear(offsetMs, this.agreedMs)) {
      // Clocks drift apart.
      this.agreedMs = offsetMs;
      return true;
    }
    // A response cached by a proxy also matches its own reset, but is never ahead.
    const mayBeCopy = this.isConfirmed || (this.agreedMs !== undefined && offsetMs < this.offsetMs);
    if (!this.doubted || !areNear(offsetMs, this.doubted.offsetMs)) this.doubted = answer;
    const agreedForMs = dateMs - this.doubted.dateMs;
    const isSupported = !mayBeCopy && isUsual(resetMs - dateMs);
    if (!isSupported && agreedForMs < (this.isConfirmed ? LATER_IF_CONFIRMED_MS : LATER_MS)) return false;
    this.agreedMs = offsetMs;
    this.isConfirmed = false;
    return true;
  }
}

function areNear(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) <= SAME_TIME_MS;
}
