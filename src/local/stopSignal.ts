import { constants } from 'node:os';

/** `npm` and `tsx` pass a Ctrl-C on that this process has had from the terminal already. */
const ECHO_MS = 1_000;

/** Aborts at the first SIGINT or SIGTERM; another one after a second ends the process at once. */
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

/** Somebody wants this process to end. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
