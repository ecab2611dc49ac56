import { printable } from './printable';

/** An error's class and the place in our code where it was thrown; never its own text, which could quote a person's data. */
export function whereItBroke(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frame = /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() ?? '';
  return `${error.name} ${frame.replace(/\(?(?:\/[^\s/]+)*\/([^\s/]+\/[^\s/]+:\d+):\d+\)?$/, '$1')}`;
}

/** One line about an error that nothing explains, for the person at the terminal; a stack would add nothing for them. */
export function internalErrorText(error: unknown): string {
  const message = printable(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error));
  return `Internal error: ${message} (${whereItBroke(error)}). Please report it with this line and the command that you ran.`;
}
