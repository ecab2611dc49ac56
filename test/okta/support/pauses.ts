import { syncBuiltinESMExports } from 'node:module';
import type { TimerOptions } from 'node:timers';
import timers from 'node:timers/promises';

/** What a pause takes in these tests. */
const SHORT_MS = 5;

/**
 * Cuts the pauses between attempts, which are the ones that a signal can end, and notes how long they would have
 * been. `performance.now()` is put forward by what is cut. Call it within a `describe`.
 */
export function shortenPauses(): { readonly askedForMs: readonly number[] } {
  const askedForMs: number[] = [];
  let cutMs = 0;
  const { setTimeout } = timers;
  const { now } = performance;
  const shortened = async (ms = 1, value?: unknown, options: TimerOptions = {}): Promise<unknown> => {
    if (!options.signal) return setTimeout(ms, value, options);
    askedForMs.push(ms);
    await setTimeout(Math.min(ms, SHORT_MS), undefined, options);
    cutMs += Math.max(0, ms - SHORT_MS);
    return value;
  };
  const use = (timer: unknown, clock: () => number): void => {
    Object.assign(timers, { setTimeout: timer });
    syncBuiltinESMExports();
    performance.now = clock;
  };
  before(() => use(shortened, () => now.call(performance) + cutMs));
  beforeEach(() => void askedForMs.splice(0));
  after(() => use(setTimeout, now));
  return { askedForMs };
}
