import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncProgress } from '../contract';
import { formatDuration } from '../text/times';
import { progressBars, progressLine } from './progressText';
import { unlessAborted } from '../text/unlessAborted';

/** A terminal, or where its output is piped to. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

const POLL_INTERVAL_MS = 1_000;

/** Shows what `read` answers each second until `stop` aborts: bars on a terminal, else a line for each change. */
export async function showProgress(
  read: () => Promise<SyncProgress | undefined>,
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
  show(progress: SyncProgress | undefined, elapsedMs: number): void;
  /** Takes away what would be out of date beside a report. */
  clear(): void;
}

/** Redraws in place: up over the lines drawn last, then erase to the end of the screen. */
function barDisplay(output: Output): Display {
  let drawnLines = 0;
  const clear = () => {
    if (drawnLines > 0) output.write(`\x1b[${drawnLines}A\x1b[J`);
    drawnLines = 0;
  };
  return {
    show(progress, elapsedMs) {
      // A line that wrapped would be two to go up over.
      const lines = progressBars(progress, elapsedMs).map((line) =>
        line.slice(0, (output.columns || 80) - 1),
      );
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
    show(progress, elapsedMs) {
      const line = progressLine(progress);
      if (line !== last) output.write(`${formatDuration(elapsedMs)} ${line}\n`);
      last = line;
    },
    clear: () => undefined,
  };
}
