import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sleeps between half and one and a half times the time given, so that workers do not move in step.
 *
 * @throws the signal's reason when it aborts.
 */
export async function pause(aboutMs: number, signal: AbortSignal): Promise<void> {
  await sleep(aboutMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/**
 * The pause after so many refusals in a row: about twice as long each time, from two base pauses up to 120 of them. With
 * the base of 500 ms that is from 1 s to the minute that a rate limit window lasts.
 */
export function backOffMs(refusals: number, baseMs: number): number {
  return Math.min(120, 2 ** Math.min(refusals, 7)) * baseMs;
}
