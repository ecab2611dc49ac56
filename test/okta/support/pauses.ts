import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/** What a pause takes in these tests. */
const SHORT_MS = 5;

/**
 * Cuts the pauses between attempts, which are the ones that a signal can end, and notes how long they would have
 * been. Call it within a `describe`.
 */
export function shortenPauses(): { readonly askedForMs: readonly number[] } {
  const askedForMs: number[] = [];
  const original = timers.setTimeout;
  const shortened = (ms?: number, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown> => {
    if (!options?.signal) return original(ms, value, options);
    askedForMs.push(ms ?? 0);
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
