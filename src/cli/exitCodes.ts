import type { SyncOutcome } from '../contract';

/** Exit codes of the command line. `detached` is a shell's exit code for a process that Ctrl-C stopped. */
export const EXIT = { succeeded: 0, failed: 1, usage: 2, partial: 3, detached: 130 } as const;

export function exitCodeOf(outcome: SyncOutcome): number {
  return outcome === 'succeeded' || outcome === 'partial' ? EXIT[outcome] : EXIT.failed;
}
