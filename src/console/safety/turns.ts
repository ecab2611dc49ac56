import type { Clock } from './clock';

const HOUR_MS = 3_600_000;

/** How the wrong tries of the last hour slow down the next one. */
export interface Pace {
  /** Wrong tries without a pause. */
  free: number;
  /** Pause after the first wrong try beyond the free ones, milliseconds. It doubles with each further one. */
  firstPauseMs: number;
  maxPauseMs: number;
}

export interface TurnLimits {
  /** Pace of the tries with one key. */
  alone: Pace;
  /** Pace of all tries together, if they have one. */
  together?: Pace;
  /** Max. tries with one key that wait or are compared. */
  maxPerKey: number;
  /** Max. tries that wait, with whatever key. */
  maxWaiting: number;
  /** Max. time until the turn of a try comes. After it the try is given up as busy. */
  maxWaitMs: number;
}

/** `busy`: not compared, since too many were waiting, for too long, or because its client has left. */
export type Outcome = 'right' | 'wrong' | 'busy';

/** A try to sign in. */
export interface Try {
  /** Whose try it is: tries with the same key share a budget. */
  key: string;
  isRight: () => Promise<boolean>;
  /** Aborts when the client leaves. */
  left: AbortSignal;
}

interface Waiting {
  key: string;
  sinceMs: number;
  /** Ends the wait: with the turn of this try, or without. */
  end: (isTurn: boolean) => void;
}

/**
 * Compares one try after the other, slower with each wrong one. A try that waits or is being compared does not count as
 * wrong. The next turn is of the key with the fewest wrong tries in the last hour, then of who waits longest; so keys
 * that have guessed wrong do not hold up one that has not, however many tries they keep waiting.
 */
export class Turns {
  private wrong: { key: string; atMs: number }[] = [];
  private waiting: Waiting[] = [];
  private comparing: string | undefined;
  private cancelWake = () => {};

  constructor(
    private readonly limits: TurnLimits,
    private readonly clock: Clock,
  ) {}

  async take({ key, isRight, left }: Try): Promise<Outcome> {
    if (!(await this.turnOf(key, left))) return 'busy';
    let outcome: Outcome = 'wrong';
    try {
      if (await isRight()) outcome = 'right';
      return outcome;
    } finally {
      if (outcome === 'wrong') this.wrong.push({ key, atMs: this.clock.monotonic() });
      this.comparing = undefined;
      this.next();
    }
  }

  /** Time until a try with this key could be compared, milliseconds. */
  pauseMs(key: string): number {
    const { alone, together } = this.limits;
    this.forget();
    const own = this.wrong.filter((each) => each.key === key);
    return Math.max(0, this.remainingMs(alone, own), together ? this.remainingMs(together, this.wrong) : 0);
  }

  /** @returns true when it is this try's turn, false when it gets none. */
  private turnOf(key: string, left: AbortSignal): Promise<boolean> {
    if (left.aborted || !this.makeRoom(key)) return Promise.resolve(false);
    return new Promise((resolve) => {
      const leave = () => {
        waiting.end(false);
        this.next();
      };
      const waiting: Waiting = {
        key,
        sinceMs: this.clock.monotonic(),
        end: (isTurn) => {
          left.removeEventListener('abort', leave);
          this.waiting = this.waiting.filter((each) => each !== waiting);
          resolve(isTurn);
        },
      };
      left.addEventListener('abort', leave, { once: true });
      this.waiting.push(waiting);
      this.next();
    });
  }

  /** Makes a full line give up the try that would be the last, unless that is the new one. */
  private makeRoom(key: string): boolean {
    const { maxPerKey, maxWaiting } = this.limits;
    const own = this.waiting.filter((each) => each.key === key).length + (this.comparing === key ? 1 : 0);
    if (own >= maxPerKey) return false;
    if (this.waiting.length < maxWaiting) return true;
    this.forget();
    const last = this.inOrder(this.waiting).at(-1);
    if (!last || this.weightOf(last.key) <= this.weightOf(key)) return false;
    last.end(false);
    return true;
  }

  /** Starts the next try whose pause is over, or wakes up when there is one. */
  private next(): void {
    this.cancelWake();
    if (this.comparing !== undefined) return;
    const now = this.clock.monotonic();
    for (const { sinceMs, end } of this.waiting) if (now - sinceMs >= this.limits.maxWaitMs) end(false);
    const ready = this.inOrder(this.waiting.filter(({ key }) => this.pauseMs(key) === 0))[0];
    if (ready) {
      this.comparing = ready.key;
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

  /** Wrong tries, and those that wait: a network that only holds places comes after one that has just arrived. */
  private weightOf(key: string): number {
    return [...this.wrong, ...this.waiting].filter((each) => each.key === key).length;
  }

  /** What is left of the pause after `wrong`, milliseconds; negative if it is over. */
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
