import { once } from 'node:events';

/** Waits for `work`, or throws the signal's reason as soon as it aborts. `work` then continues in the background and its result is ignored. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const aborted = once(signal, 'abort', { signal: settled.signal }).then((): never => {
    throw signal.reason;
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    aborted.catch(() => undefined);
    work.catch(() => undefined);
    settled.abort();
  }
}
