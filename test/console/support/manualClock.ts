import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../src/console/safety/clock';

/** A clock that only a test advances. */
export class ManualClock implements Clock {
  private nowMs = 0;
  private startMs = Date.UTC(2026, 0, 1);
  private timers: { atMs: number; callback: () => void }[] = [];

  now(): number {
    return this.startMs + this.nowMs;
  }

  monotonic(): number {
    return this.nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((each) => each !== timer));
  }

  /** Remaining delays of the pending callbacks, in ms. */
  get delays(): number[] {
    return this.timers.map(({ atMs }) => atMs - this.nowMs);
  }

  /** Advances by `ms`. Calls each callback at its time, and lets its effects happen before the next one. */
  async advance(ms: number): Promise<void> {
    await turn();
    const endMs = this.nowMs + ms;
    for (;;) {
      const [next] = this.timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.timers = this.timers.filter((each) => each !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
      await turn();
    }
    this.nowMs = endMs;
    await turn();
  }

  /** Sets the time of day ahead without callbacks, as after a suspend: timers are late. */
  oversleep(ms: number): void {
    this.startMs += ms;
  }

  /** Sets the time of day back. Callbacks still come after their delay. */
  setBack(ms: number): void {
    this.startMs -= ms;
  }
}
