import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** What a colored word says. */
export type Tone = 'good' | 'warning' | 'bad' | 'title';

/** How text is shown at its destination. */
export interface TextStyle {
  /** Columns of the terminal; undefined if lines may be of any length. */
  readonly columns: number | undefined;
  paint(tone: Tone, text: string): string;
}

const FORMATS = { good: 'green', warning: 'yellow', bad: 'red', title: 'bold' } as const;

/** No colors, and no limit on the length of lines: for pipes, files and tests. */
export const PLAIN: TextStyle = { columns: undefined, paint: (_, text) => text };

/**
 * Returns the style of a terminal, or {@link PLAIN} for anything else. Node.js decides if it has colors, from `NO_COLOR`
 * and `TERM`.
 */
export function styleOf(stream: NodeJS.WritableStream): TextStyle {
  const terminal = stream as Partial<WriteStream>;
  if (!terminal.isTTY) return PLAIN;
  // Node.js would look at stdout instead of this stream.
  const colored: TextStyle['paint'] = (tone, text) =>
    styleText(FORMATS[tone], text, { validateStream: false });
  // Some terminals do not say how wide they are.
  const columns = terminal.columns === 0 ? undefined : terminal.columns;
  return { columns, paint: terminal.hasColors?.() ? colored : PLAIN.paint };
}

const TONES: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  OK: 'good',
  partial: 'warning',
  cancelled: 'warning',
  WARN: 'warning',
  failed: 'bad',
  abandoned: 'bad',
  FAIL: 'bad',
};

/** Colors the outcome of a run, or the result of a check; other words stay as they are. */
export function paintOutcome(outcome: string, { paint }: TextStyle): string {
  const tone = TONES[outcome];
  return tone ? paint(tone, outcome) : outcome;
}
