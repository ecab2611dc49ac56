import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for `work`; returns undefined if it takes longer than the timeout. `work` then continues in the background, and
 * a later failure is ignored.
 */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    const timeout = sleep(timeoutMs, undefined, { signal: timer.signal, ref: true }).catch(() => undefined);
    return await Promise.race([work, timeout]);
  } finally {
    timer.abort();
    work.catch(() => undefined);
  }
}
