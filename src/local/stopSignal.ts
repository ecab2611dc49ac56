import { constants } from 'node:os';

/** `npm` and `tsx` forward a Ctrl-C that this process has already received from the terminal. */
const ECHO_MS = 1_000;

/**
 * Returns a signal that aborts on the first SIGINT or SIGTERM. Another one after a second ends the process immediately.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        firstAt = Date.now();
        stop.abort(new Stopped());
      } else if (Date.now() - firstAt > ECHO_MS) {
        process.exit(128 + constants.signals[signal]);
      }
    });
  }
  return stop.signal;
}

/** The abort reason after SIGINT or SIGTERM. The message says what that leaves. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor(message = 'Stopped before a run was started. The data is kept.') {
    super(message);
  }
}

/** Runs `work`. If it fails because `stop` aborted with {@link Stopped}, `message` says what that leaves. */
export async function unlessStopped<T>(
  stop: AbortSignal,
  message: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw stop.reason instanceof Stopped ? new Stopped(message) : error;
  }
}
