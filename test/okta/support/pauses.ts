import { syncBuiltinESMExports } from 'node:module';
import type { TimerOptions } from 'node:timers';
import timers from 'node:timers/promises';

/** What a pause takes in these tests. */
const SHORT_MS = 5;

/**
 * Cuts the pauses between attempts, which are the ones that a signal can end, and notes how long they would have
 * been. What runs out in the background meanwhile (`ref: false`) is cut too. Call it within a `describe`.
 */
export function shortenPauses(): { readonly askedForMs: readonly number[] } {
  const askedForMs: number[] = [];
  const original = timers.setTimeout;
  const shortened = (ms?: number, value?: unknown, options: TimerOptions = {}): Promise<unknown> => {
    const { signal, ref = true } = options;
    if (!signal && ref) return original(ms, value, options);
    if (signal) askedForMs.push(ms ?? 0);
    return original(Math.min(ms ?? 0, SHORT_MS), value, options);
  };
  const use = (setTimeout: unknown): void => {
    Object.assign(timers, { setTimeout });
    syncBuiltinESMExports();
  };
  before(() => use(shortened));
  beforeEach(() => void askedForMs.splice(0));
  after(() => use(original));
  return { askedForMs };
}
