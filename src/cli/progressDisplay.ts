import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveState } from '../runs/inProgress';
import { formatDuration } from '../text/times';
import { progressBars, progressLine } from './progressText';
import { unlessAborted } from '../text/unlessAborted';

/** A terminal, or a pipe or file in its place. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

const POLL_INTERVAL_MS = 1_000;

/** Reads and shows the progress every second until `stop` aborts: as bars on a terminal, otherwise as one line for each change. */
export async function showProgress(
  read: () => Promise<LiveState>,
  { startedAt, output, stop }: { startedAt: Date; output: Output; stop: AbortSignal },
): Promise<void> {
  const display = output.isTTY ? barDisplay(output) : lineDisplay(output);
  try {
    for (;;) {
      display.show(await unlessAborted(stop, read()), Date.now() - startedAt.getTime());
      await sleep(POLL_INTERVAL_MS, undefined, { signal: stop });
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    display.clear();
  }
}

interface Display {
  show(state: LiveState, elapsedMs: number): void;
  /** Removes the progress from the screen, since it would be outdated next to a report. */
  clear(): void;
}

/** Redraws in place: moves the cursor up over the previous lines and erases to the end of the screen. */
function barDisplay(output: Output): Display {
  let drawnLines = 0;
  const clear = () => {
    if (drawnLines > 0) output.write(`\x1b[${drawnLines}A\x1b[J`);
    drawnLines = 0;
  };
  return {
    show(state, elapsedMs) {
      // A wrapped line would take two rows, and the cursor would not move up far enough.
      const lines = progressBars(state, elapsedMs).map((line) => line.slice(0, (output.columns || 80) - 1));
      clear();
      output.write(`${lines.join('\n')}\n`);
      drawnLines = lines.length;
    },
    clear,
  };
}

function lineDisplay(output: Output): Display {
  let last: string | undefined;
  return {
    show(state, elapsedMs) {
      const line = progressLine(state);
      if (line !== last) output.write(`${formatDuration(elapsedMs)} ${line}\n`);
      last = line;
    },
    clear: () => undefined,
  };
}
