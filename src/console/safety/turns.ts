import type { Clock } from './clock';

const HOUR_MS = 3_600_000;

/** How wrong attempts of the last hour slow down the next one. */
export interface Pace {
  /** Number of wrong attempts without a pause. */
  free: number;
  /** Pause after the first wrong attempt beyond the free ones, in ms. It doubles with each further one. */
  firstPauseMs: number;
  maxPauseMs: number;
}

export interface TurnLimits {
  /** Pace of attempts with the same key. */
  alone: Pace;
  /** Pace of all attempts together, if limited. */
  together?: Pace;
  /** Maximum number of attempts with the same key that wait or are being checked. */
  maxPerKey: number;
  /** Maximum number of waiting attempts, over all keys. */
  maxWaiting: number;
  /** Maximum wait of an attempt, in ms. After that it ends as busy. */
  maxWaitMs: number;
}

/** `busy`: not checked, because too many attempts were waiting, it waited too long, or its client disconnected. */
export type Outcome = 'right' | 'wrong' | 'busy';

/** A sign-in attempt. */
export interface Attempt {
  /** Attempts with the same key share a budget. */
  key: string;
  verify: () => Promise<boolean>;
  /** Aborts when the client disconnects. */
  disconnected: AbortSignal;
}

interface Waiting {
  key: string;
  sinceMs: number;
  /** Ends the wait. `isTurn` is true if the attempt can be checked now. */
  end: (isTurn: boolean) => void;
}

/**
 * Checks one attempt at a time, and slower after each wrong one. An attempt that waits or is being checked does not
 * count as wrong. The key with the fewest wrong attempts in the last hour comes first, then the attempt that has waited
 * longest. So keys with wrong attempts do not delay a key without any, however many attempts they have waiting.
 */
export class Turns {
  private wrong: { key: string; atMs: number }[] = [];
  private waiting: Waiting[] = [];
  private checking: string | undefined;
  private cancelWake = () => {};

  constructor(
    private readonly limits: TurnLimits,
    private readonly clock: Clock,
  ) {}

  async check({ key, verify, disconnected }: Attempt): Promise<Outcome> {
    if (!(await this.turnOf(key, disconnected))) return 'busy';
    let outcome: Outcome = 'wrong';
    try {
      if (await verify()) outcome = 'right';
      return outcome;
    } finally {
      if (outcome === 'wrong') this.wrong.push({ key, atMs: this.clock.monotonic() });
      this.checking = undefined;
      this.next();
    }
  }

  /** Returns the time until an attempt with this key can be checked, in ms. */
  pauseMs(key: string): number {
    const { alone, together } = this.limits;
    this.forget();
    const own = this.wrong.filter((each) => each.key === key);
    return Math.max(0, this.remainingMs(alone, own), together ? this.remainingMs(together, this.wrong) : 0);
  }

  /** Resolves to true when it is this attempt's turn, or false if it ends as busy. */
  private turnOf(key: string, disconnected: AbortSignal): Promise<boolean> {
    if (disconnected.aborted || !this.makeRoom(key)) return Promise.resolve(false);
    return new Promise((resolve) => {
      const leave = () => {
        waiting.end(false);
        this.next();
      };
      const waiting: Waiting = {
        key,
        sinceMs: this.clock.monotonic(),
        end: (isTurn) => {
          disconnected.removeEventListener('abort', leave);
          this.waiting = this.waiting.filter((each) => each !== waiting);
          resolve(isTurn);
        },
      };
      disconnected.addEventListener('abort', leave, { once: true });
      this.waiting.push(waiting);
      this.next();
    });
  }

  /**
   * Makes room in a full queue by dropping its last attempt. @returns false if the new attempt would be the last one.
   */
  private makeRoom(key: string): boolean {
    const { maxPerKey, maxWaiting } = this.limits;
    const own = this.waiting.filter((each) => each.key === key).length + (this.checking === key ? 1 : 0);
    if (own >= maxPerKey) return false;
    if (this.waiting.length < maxWaiting) return true;
    this.forget();
    const last = this.inOrder(this.waiting).at(-1);
    if (!last || this.weightOf(last.key) <= this.weightOf(key)) return false;
    last.end(false);
    return true;
  }

  /** Starts the next attempt whose pause is over, or schedules a wake-up for it. */
  private next(): void {
    this.cancelWake();
    if (this.checking !== undefined) return;
    const now = this.clock.monotonic();
    for (const { sinceMs, end } of this.waiting) if (now - sinceMs >= this.limits.maxWaitMs) end(false);
    const ready = this.inOrder(this.waiting.filter(({ key }) => this.pauseMs(key) === 0))[0];
    if (ready) {
      this.checking = ready.key;
      ready.end(true);
    } else if (this.waiting.length > 0) {
      const delays = this.waiting.map(({ key, sinceMs }) =>
        Math.min(this.pauseMs(key), sinceMs + this.limits.maxWaitMs - now),
      );
      this.cancelWake = this.clock.after(Math.min(...delays), () => this.next());
    }
  }

  private inOrder(tries: readonly Waiting[]): Waiting[] {
    return [...tries].sort((a, b) => this.weightOf(a.key) - this.weightOf(b.key));
  }

  /** Wrong and waiting attempts of a key; a network with many waiting attempts comes after a newcomer. */
  private weightOf(key: string): number {
    return [...this.wrong, ...this.waiting].filter((each) => each.key === key).length;
  }

  /** Returns the rest of the pause after the wrong attempts, in ms; 0 or negative if it is over. */
  private remainingMs({ free, firstPauseMs, maxPauseMs }: Pace, wrong: readonly { atMs: number }[]): number {
    const last = wrong.at(-1);
    if (!last || wrong.length < free) return 0;
    const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** (wrong.length - free));
    return last.atMs + pauseMs - this.clock.monotonic();
  }

  private forget(): void {
    const sinceMs = this.clock.monotonic() - HOUR_MS;
    this.wrong = this.wrong.filter(({ atMs }) => atMs > sinceMs);
  }
}
