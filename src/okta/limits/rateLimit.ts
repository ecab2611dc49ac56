import type { Bucket } from '../../contract';
import { backOffMs } from './pause';
import {
  LONGEST_USUAL_MS,
  RESET_MARGIN_MS,
  USUAL_WINDOW_MS,
  type RateLimitHeaders,
} from './rateLimitHeaders';

/** The bucket that a call counts against. */
export function bucketOf(path: string): Bucket {
  const [, , , collection, id, below] = path.replace(/\?.*$/, '').split('/');
  if (collection === 'users') return id === undefined ? 'users' : 'user';
  if (collection === 'groups') return id !== undefined && below === undefined ? 'group' : 'groups';
  return 'other';
}

/** After so many windows whose answers refute the count of remaining calls it is not believed. */
const REFUTED_WINDOWS = 3;

/** The base of pauses after refusals that no header foresaw, milliseconds. */
const BASE_PAUSE_MS = 500;

/**
 * One bucket's window as the answers tell it. The share above the capacity is left to the org's other
 * applications, whoever used the rest: so any number of workers share a limit through Okta's headers alone.
 *
 * Headers are believed only as far as they make sense. Without any there is no limit but what 429s teach. A reset that is
 * farther away than a usual window ends a wait of that length all the same, then one request goes ahead to ask; while
 * answers go on to name that same reset, the waits grow with the time that they have. A count of remaining calls that
 * leaves none is refuted by two answers of a window that state it alike, since each call lowers it: after three such
 * windows, with no 429 and no other count between, the calls that were answered are counted instead, until a 429. A 429 that
 * names the time at which the bucket opens is waited out once. If the bucket then refuses again, or a 429 names no such
 * time, the bucket is closed for longer and longer, and then one request goes ahead to ask.
 */
export class BucketWindow {
  private limit: number | undefined;
  /** True once an answer has shown that no limit is stated. */
  private isUnlimited = false;
  private remaining = 0;
  private reset = 0;
  private endsAt = 0;
  /** False where the bucket is not known to open at `endsAt`: its reset has passed, or is too far away to be believed. */
  private isEndKnown = true;
  /** Answers of the window. */
  private answers = 0;
  /** Windows in a row whose answers refuted the count. */
  private refuted = 0;
  /** True if they refute the count in the window that is open. */
  private isRefuted = false;
  /** When the reset was named first. */
  private resetSince = 0;
  private inFlight = 0;
  /** 429s in a row that the headers did not foresee. */
  private refusals = 0;
  private pausedUntil = 0;
  /** When the bucket opens by the first 429 in a row that named the time; 0 while there is none. */
  private opensAt = 0;

  constructor(
    private readonly capacityPercent: number,
    private readonly basePauseMs = BASE_PAUSE_MS,
  ) {}

  /**
   * How long the next request must wait: 0 to go now, `Infinity` until an answer comes, else milliseconds.
   * While nothing is known one request goes ahead to ask.
   */
  delayMs(now: number): number {
    if (this.refusals > 0 && this.inFlight > 0) return Infinity;
    return Math.max(this.statedDelayMs(now), this.pausedUntil - now, 0);
  }

  /** True while the bucket is closed after a refusal that no header foresaw. */
  isPaused(now: number): boolean {
    return now < this.pausedUntil;
  }

  sent(): void {
    this.inFlight += 1;
  }

  /**
   * Takes in an answer, or its absence; `none` for one that shows that no limit is stated. Answers overtake each
   * other: within a window the lowest count holds.
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
    // Windows were seen to last no longer.
    const longestMs = Math.max(LONGEST_USUAL_MS, now - this.resetSince) + RESET_MARGIN_MS;
    this.endsAt = now + Math.min(headers.untilResetMs, longestMs);
    this.isEndKnown = isAhead && headers.untilResetMs <= longestMs;
  }

  /**
   * Notes that the answer taken in last was a 429. Requests that were sent before a pause do not lengthen it.
   *
   * @param sentAt when its request was sent.
   * @returns how many in a row the headers did not foresee; 0 where the wait until the time they name is the first.
   */
  refused(now: number, sentAt = now): number {
    if (this.refuted > 0) [this.refuted, this.remaining] = [0, 0];
    if (sentAt < this.pausedUntil) return this.refusals;
    const delayMs = this.statedDelayMs(now);
    const isForeseen = this.isEndKnown && delayMs > 0 && delayMs !== Infinity;
    if (isForeseen && !this.isRepeat(sentAt)) {
      this.opensAt = now + delayMs;
      return 0;
    }
    this.refusals += 1;
    this.pausedUntil = now + Math.max(isForeseen ? delayMs : 0, backOffMs(this.refusals, this.basePauseMs));
    return this.refusals;
  }

  /**
   * Notes that the answer taken in last was no 429. It resets the pauses unless its request was sent before the latest of
   * them had ended.
   */
  letThrough(sentAt: number): void {
    if (sentAt < Math.max(this.pausedUntil, this.opensAt)) return;
    this.refusals = 0;
    this.opensAt = 0;
  }

  /** Takes in how many calls an answer says are left, and believes it or not. */
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

  /** True for a 429 to a request that was sent after the time at which the bucket should have opened, not more than a window later. */
  private isRepeat(sentAt: number): boolean {
    if (this.opensAt === 0 || sentAt < this.opensAt) return false;
    return this.refusals > 0 || sentAt < this.opensAt + USUAL_WINDOW_MS;
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
