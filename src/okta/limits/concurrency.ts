/**
 * Limits the parallel requests of one worker to one org: halved when Okta reports too many, increased by one after each
 * round of successes (additive increase, multiplicative decrease).
 */
export class Concurrency {
  private allowed: number;
  private running = 0;

  constructor(private readonly max: number) {
    this.allowed = max;
  }

  hasRoom(): boolean {
    return this.running < Math.floor(this.allowed);
  }

  started(): void {
    this.running += 1;
  }

  ended(): void {
    this.running -= 1;
  }

  succeeded(): void {
    this.allowed = Math.min(this.max, this.allowed + 1 / this.allowed);
  }

  rejected(): void {
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
  }
}
