import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sleeps for between half and one and a half times the given time, so that workers do not act in lockstep.
 *
 * @throws the signal's reason if it is aborted.
 */
export async function pause(aboutMs: number, signal: AbortSignal): Promise<void> {
  await sleep(aboutMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/**
 * Returns the pause after a number of consecutive rejections: it roughly doubles each time, from 2 to 120 base pauses.
 * With a base of 500 ms that is from 1 s to one minute, the length of a rate limit window.
 */
export function backOffMs(refusals: number, baseMs: number): number {
  return Math.min(120, 2 ** Math.min(refusals, 7)) * baseMs;
}
