const WINDOW_MS = 15 * 60_000;

/** Wrong passwords that a window takes from one address, and from all. */
const MOST_FROM_ONE = 5;
const MOST_FROM_ALL = 50;

interface Attempt {
  address: string;
  atMs: number;
}

/** Counts wrong passwords, so that nobody can try many. */
export class Attempts {
  private attempts: Attempt[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** How long an address has to wait before its next try, milliseconds; 0 is not at all. */
  waitMs(address: string): number {
    const since = this.now() - WINDOW_MS;
    this.attempts = this.attempts.filter(({ atMs }) => atMs > since);
    const own = this.attempts.filter((attempt) => attempt.address === address);
    const first = own.at(-MOST_FROM_ONE) ?? this.attempts.at(-MOST_FROM_ALL);
    return first ? first.atMs - since : 0;
  }

  /** Counts a try as wrong. @returns what takes it back, once it has proved right. */
  begin(address: string): () => void {
    const attempt = { address, atMs: this.now() };
    this.attempts.push(attempt);
    return () => void (this.attempts = this.attempts.filter((each) => each !== attempt));
  }
}
