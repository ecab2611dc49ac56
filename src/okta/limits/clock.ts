import { isUsual, readReset } from './rateLimitHeaders';

/**
 * How far two clocks may be apart and still tell the same time. Clocks that are set over the network differ by less than
 * a second, and an answer is a minute old at most; a watermark trails Okta's clock by the same 5 minutes.
 */
const SAME_TIME_MS = 300_000;

/** A second answer establishes another clock if its `Date`, in whole seconds, is later: a `Date` that stands still is no clock. */
const LATER_MS = 1_000;

/** After this time the `Date` of another answer is surely later by a whole second. */
export const NEXT_DATE_MS = LATER_MS + 100;

/** Once an answer has confirmed this machine's clock, all answers of a minute must agree on another one. */
const LATER_IF_CONFIRMED_MS = 60_000;

/** A `Date`, and how far it is ahead of this machine's clock. */
interface Dated {
  dateMs: number;
  offsetMs: number;
}

/**
 * Okta's clock, as the `Date` headers of one org's answers tell it. A `Date` is believed if it is near this machine's time.
 * If it is not, this machine's clock may be wrong, or the answer. The answer's rate limit reset tells: Okta makes it by the
 * same clock, and it lies within a minute. If it fits this machine's clock, the `Date` is wrong, however many answers agree
 * on it; if it fits the `Date`, this machine's clock is. Where it fits neither, what further answers agree on is Okta's
 * clock. A `Date` that is not believed dates nothing.
 */
export class OktaClock {
  /** Okta's clock minus this machine's at the last `Date` that was believed, milliseconds. */
  private offsetMs = 0;
  /** The offset that answers agree on; undefined while this machine's clock is taken to be right. */
  private agreedMs: number | undefined;
  /** The first of the latest answers that agree with each other, but not with the clock so far. */
  private doubted: Dated | undefined;
  /** True once an answer has confirmed this machine's clock. */
  private isConfirmed = false;

  /**
   * Takes in `Date` and `X-Rate-Limit-Reset` of an answer that has just arrived.
   *
   * @param headers of the answer; each may be absent, or anything.
   * @param nowMs this machine's clock, milliseconds since the epoch.
   * @returns Okta's clock when it answered, milliseconds since the epoch.
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

  /** True while a `Date` is doubted and no other answer has shown yet which clock is right: one more can, a second later. */
  get isUnsettled(): boolean {
    return this.doubted !== undefined && this.agreedMs === undefined && !this.isConfirmed;
  }

  /** Returns true if this is Okta's clock, and learns from it. */
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
    // A copy that a proxy has kept fits its own reset too, but is never ahead.
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
