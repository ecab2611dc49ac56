import { promisify } from 'node:util';

/** Time for connections to close by themselves. */
const CLOSING_MS = 1_000;

/**
 * Ends the process, if it does not end by itself, once its output was written, however slowly that is read: a
 * connection to a server that never answers stays open, and would keep the process.
 */
export async function exitWhenWritten(
  outputs: readonly NodeJS.WritableStream[],
  exit: () => void,
): Promise<void> {
  await Promise.all(outputs.map((output) => promisify((done: () => void) => output.write('', done))()));
  setTimeout(exit, CLOSING_MS).unref();
}
