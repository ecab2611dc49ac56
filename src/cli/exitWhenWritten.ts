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
  // A reader that has gone away is an error here, and has read what it wanted.
  const written = (output: NodeJS.WritableStream) =>
    new Promise<void>((resolve) => output.write('', () => resolve()));
  await Promise.all(outputs.map(written));
  setTimeout(exit, CLOSING_MS).unref();
}
