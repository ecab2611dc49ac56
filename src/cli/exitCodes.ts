import type { SyncOutcome } from '../contract';

/** What the command line exits with; `detached` is what a shell gives a process that Ctrl-C ended. */
export const EXIT = { succeeded: 0, failed: 1, usage: 2, partial: 3, detached: 130 } as const;

export function exitCodeOf(outcome: SyncOutcome): number {
  return outcome === 'succeeded' || outcome === 'partial' ? EXIT[outcome] : EXIT.failed;
}
