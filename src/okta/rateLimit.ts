import type { RateLimitHeaders } from './rateLimitHeaders';

/**
 * Buckets that Okta counts apart: the list of users, one user, the list of groups with everything below it
 * (members too), one group, and what has no bucket of interest.
 */
export type Bucket = 'users' | 'user' | 'groups' | 'group' | 'other';

export function bucketOf(path: string): Bucket {
  const [, , , collection, id, below] = path.replace(/\?.*$/, '').split('/');
  if (collection === 'users') return id === undefined ? 'users' : 'user';
  if (collection === 'groups') return id !== undefined && below === undefined ? 'group' : 'groups';
  return 'other';
}

/**
 * One bucket's window as the answers tell it. The share above the capacity is left to the org's other
 * applications, whoever used the rest: so any number of workers share a limit through Okta's headers alone.
 */
export class BucketWindow {
  private limit: number | undefined;
  private remaining = 0;
  private reset = 0;
  private endsAt = 0;
  private inFlight = 0;

  constructor(private readonly capacityPercent: number) {}

  /**
   * How long the next request must wait: 0 to go now, `Infinity` until an answer comes, else milliseconds.
   * While nothing is known one request goes ahead to ask.
   */
  delayMs(now: number): number {
    if (this.limit === undefined) return this.inFlight === 0 ? 0 : Infinity;
    if (now >= this.endsAt) return this.limit - this.inFlight > this.reserve(this.limit) ? 0 : Infinity;
    if (this.remaining - this.inFlight > this.reserve(this.limit)) return 0;
    return this.endsAt - now;
  }

  sent(): void {
    this.inFlight += 1;
  }

  /** Takes in an answer, or its absence. Answers overtake each other: within a window the lowest count holds. */
  answered(headers: RateLimitHeaders | undefined, now: number): void {
    this.inFlight -= 1;
    if (headers === undefined || headers.limit === 0 || headers.reset < this.reset) return;
    const sameWindow = headers.reset === this.reset;
    if (sameWindow && now >= this.endsAt) return;
    this.remaining = sameWindow ? Math.min(this.remaining, headers.remaining) : headers.remaining;
    this.limit = headers.limit;
    this.endsAt = sameWindow ? this.endsAt : now + headers.untilResetMs;
    this.reset = headers.reset;
  }

  private reserve(limit: number): number {
    return limit - Math.max(1, Math.floor((limit * this.capacityPercent) / 100));
  }
}
