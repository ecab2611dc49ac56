import { setImmediate as tick } from 'node:timers/promises';
import type { Steer } from './steered';

/** Calls of one attempt that wait for their turn. */
type Lane = (() => void)[];

/**
 * Lets calls of several attempts take turns, one at a time, in an order that is chosen from outside. One attempt often
 * continues for a while before another does, as one does that a machine has left behind.
 */
export class Turns {
  private readonly lanes: Lane[] = [];
  private current: Lane = [];
  private inProgress = 0;

  /** @param choices each selects who is next among those who wait. */
  constructor(private readonly choices: Iterator<number>) {}

  /** For a further attempt: makes a call at its turn, and hands its answer over at another. */
  newLane(): Steer {
    const lane: Lane = [];
    this.lanes.push(lane);
    const turn = () => new Promise<void>((resolve) => lane.push(resolve));
    return async (_what, call) => {
      await turn();
      this.inProgress += 1;
      const result = await call().finally(() => (this.inProgress -= 1));
      await turn();
      return result;
    };
  }

  /** Gives turns until the work is done. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const settled = work.finally(() => (isDone = true));
    settled.catch(() => undefined);
    while (!isDone) {
      await tick();
      if (this.inProgress === 0) this.next()?.();
    }
    return settled;
  }

  private next(): (() => void) | undefined {
    const waiting = this.lanes.filter((lane) => lane.length > 0);
    if (waiting.length === 0) return undefined;
    if (this.current.length === 0 || this.choose(STAY) === 0)
      this.current = waiting[this.choose(waiting.length)] ?? [];
    return this.current.splice(this.choose(this.current.length), 1)[0];
  }

  private choose(count: number): number {
    return this.choices.next().value % count;
  }
}

/** Turns that an attempt takes before it is another one's, on average. */
const STAY = 6;
