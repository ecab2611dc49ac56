import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The result of a piece of work, or undefined if it takes longer. The work itself goes on; what it fails with later
 * matters to nobody.
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
