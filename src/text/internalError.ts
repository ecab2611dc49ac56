import { printable } from './printable';

/** Returns an error's class and the source location where it was thrown. It omits the message, which could contain personal data. */
export function errorLocation(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frame = /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() ?? '';
  return `${error.name} ${frame.replace(/\(?(?:\/[^\s/]+)*\/([^\s/]+\/[^\s/]+:\d+):\d+\)?$/, '$1')}`;
}

/** Returns one line about an unexpected error for the terminal, without its stack. */
export function internalErrorText(error: unknown): string {
  const message = printable(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error));
  return `Internal error: ${message} (${errorLocation(error)}). Please report it with this line and the command that you ran.`;
}
