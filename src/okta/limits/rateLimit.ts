import type { Bucket } from '../../contract';
import { backOffMs } from './pause';
import {
  LONGEST_USUAL_MS,
  RESET_MARGIN_MS,
  USUAL_WINDOW_MS,
  type RateLimitHeaders,
} from './rateLimitHeaders';

/** Returns the rate limit bucket of a call. */
export function bucketOf(path: string): Bucket {
  const [, , , collection, id, below] = path.replace(/\?.*$/, '').split('/');
  if (collection === 'users') return id === undefined ? 'users' : 'user';
  if (collection === 'groups') return id !== undefined && below === undefined ? 'group' : 'groups';
  if (collection === 'apps' || collection === 'iam' || collection === 'logs') return collection;
  return 'other';
}

/** After this number of windows whose responses refute the count of remaining calls, the count is ignored. */
const REFUTED_WINDOWS = 3;

/**
 * The state of one rate limit bucket, derived from responses. The share above the configured capacity is left to the
 * org's other applications, no matter who used the rest, so any number of workers share a limit through Okta's headers
 * alone.
 *
 * - Headers are only used if they are plausible. Without headers, the only limit is what 429s show.
 * - If a reset is further away than a usual window, the wait is only as long as a usual window, then one request probes
 *   the limit. While responses keep naming the same reset, the waits grow along with the time elapsed.
 * - A count of zero remaining calls is refuted by two responses in a window with the same count, since each call lowers
 *   it. After three such windows, with no 429 and no other count in between, the successful calls are counted instead,
 *   until a 429.
 * - If the headers of a 429 announce when the bucket opens, that time is waited out once.
 * - After any other 429, or another one right after that wait, the bucket is closed for increasingly long pauses. After
 *   each, one request probes the limit.
 */
export class BucketWindow {
  private limit: number | undefined;
  /** True once a response has shown that no limit is stated. */
  private isUnlimited = false;
  private remaining = 0;
  private reset = 0;
  private endsAt = 0;
  /** False if the bucket might not open at `endsAt`: its reset has passed, or is too far away to be plausible. */
  private isEndKnown = true;
  /** Number of responses in the window. */
  private answers = 0;
  /** Number of consecutive windows whose responses refuted the count. */
  private refuted = 0;
  /** True if the responses of the current window refute the count. */
  private isRefuted = false;
  /** Time of the first response with the current reset. */
  private resetSince = 0;
  private inFlight = 0;
  /** Number of consecutive 429s that the headers did not announce. */
  private unexpected = 0;
  private pausedUntil = 0;
  /** When the bucket opens according to the first of consecutive 429s that announced it; 0 if there is none. */
  private opensAt = 0;

  /** @param basePauseMs the base of the pauses after 429s that the headers did not announce, see {@link backOffMs}. */
  constructor(
    private readonly capacityPercent: number,
    private readonly basePauseMs: number,
  ) {}

  /**
   * Returns how long the next request must wait, in milliseconds: 0 to send it now, `Infinity` until a response comes.
   * While nothing is known, one request probes the limit.
   */
  delayMs(now: number): number {
    if (this.unexpected > 0 && this.inFlight > 0) return Infinity;
    return Math.max(this.statedDelayMs(now), this.pausedUntil - now, 0);
  }

  /** Returns true while the bucket is closed after a 429 that no header announced. */
  isPaused(now: number): boolean {
    return now < this.pausedUntil;
  }

  sent(): void {
    this.inFlight += 1;
  }

  /**
   * Processes a response, or its absence; `none` for one that shows that no limit is stated. Responses can arrive out
   * of order: within a window, the lowest count applies.
   */
  answered(headers: RateLimitHeaders | 'none' | undefined, now: number): void {
    this.inFlight -= 1;
    if (headers === 'none') this.isUnlimited = true;
    if (headers === undefined || headers === 'none' || headers.limit === 0) return;
    const isEnded = now >= this.endsAt;
    if (headers.reset < this.reset && !isEnded) return;
    const isSame = headers.reset === this.reset;
    const isAhead = headers.untilResetMs > RESET_MARGIN_MS;
    if (isSame && isEnded && isAhead && this.isEndKnown) return;
    if (!isSame) this.resetSince = now;
    const isOpen = isSame && !isEnded;
    this.count(headers, isOpen);
    this.limit = headers.limit;
    this.reset = headers.reset;
    if (isOpen) {
      this.isEndKnown &&= isAhead;
      return;
    }
    // No longer window has been observed.
    const longestMs = Math.max(LONGEST_USUAL_MS, now - this.resetSince) + RESET_MARGIN_MS;
    this.endsAt = now + Math.min(headers.untilResetMs, longestMs);
    this.isEndKnown = isAhead && headers.untilResetMs <= longestMs;
  }

  /**
   * Records that the last processed response was a 429. Requests sent before a pause do not lengthen it.
   *
   * @param sentAt when its request was sent.
   * @returns the number of consecutive 429s that the headers did not announce; 0 if the announced time is waited out for
   * the first time.
   */
  rejected(now: number, sentAt = now): number {
    if (this.refuted > 0) [this.refuted, this.remaining] = [0, 0];
    if (sentAt < this.pausedUntil) return this.unexpected;
    const delayMs = this.statedDelayMs(now);
    const isAnnounced = this.isEndKnown && delayMs > 0 && delayMs !== Infinity;
    if (isAnnounced && !this.isRepeat(sentAt)) {
      this.opensAt = now + delayMs;
      return 0;
    }
    this.unexpected += 1;
    this.pausedUntil =
      now + Math.max(isAnnounced ? delayMs : 0, backOffMs(this.unexpected, this.basePauseMs));
    return this.unexpected;
  }

  /**
   * Records that the last processed response was not a 429. It resets the pauses unless its request was sent before the
   * end of the latest one.
   */
  accepted(sentAt: number): void {
    if (sentAt < Math.max(this.pausedUntil, this.opensAt)) return;
    this.unexpected = 0;
    this.opensAt = 0;
  }

  /** Processes the count of remaining calls in a response, and decides whether to use it. */
  private count({ limit, remaining }: RateLimitHeaders, isOpen: boolean): void {
    if (!isOpen) [this.answers, this.isRefuted] = [0, false];
    this.answers += 1;
    if (remaining > this.reserve(limit)) this.refuted = 0;
    else if (isOpen && remaining === this.remaining && !this.isRefuted) {
      this.isRefuted = true;
      this.refuted += 1;
    }
    if (this.refuted >= REFUTED_WINDOWS) this.remaining = limit - this.answers;
    else this.remaining = isOpen ? Math.min(this.remaining, remaining) : remaining;
  }

  /**
   * Returns true for a 429 to a request that was sent after the bucket should have opened, by no more than a window.
   */
  private isRepeat(sentAt: number): boolean {
    if (this.opensAt === 0 || sentAt < this.opensAt) return false;
    return this.unexpected > 0 || sentAt < this.opensAt + USUAL_WINDOW_MS;
  }

  private statedDelayMs(now: number): number {
    if (this.limit === undefined) return this.isUnlimited || this.inFlight === 0 ? 0 : Infinity;
    const reserve = this.reserve(this.limit);
    const isOver = now >= this.endsAt;
    if (isOver && this.isEndKnown) return this.limit - this.inFlight > reserve ? 0 : Infinity;
    if (this.remaining - this.inFlight > reserve) return 0;
    if (!isOver) return this.endsAt - now;
    return this.inFlight === 0 ? 0 : Infinity;
  }

  private reserve(limit: number): number {
    return limit - Math.max(1, Math.floor((limit * this.capacityPercent) / 100));
  }
}
