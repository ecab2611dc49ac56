/**
 * Parallel requests of one worker to one org: halved when Okta says that there are too many, raised again by
 * one after each round of successes (additive increase, multiplicative decrease).
 */
export class Concurrency {
  private allowed: number;
  private running = 0;

  constructor(private readonly most: number) {
    this.allowed = most;
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
    this.allowed = Math.min(this.most, this.allowed + 1 / this.allowed);
  }

  refused(): void {
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
  }
}
