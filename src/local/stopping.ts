import { printable } from '../printable';
import type { Log } from './log';

/** Something that is done at the end. */
export interface StopStep {
  /** Follows "Could not", as in "stop Neo4j". */
  what: string;
  run: () => Promise<unknown>;
}

/** Takes one step after the other, each also when an earlier one fails, which is logged. Never rejects. */
export async function stopInOrder(steps: readonly StopStep[], log: Log): Promise<void> {
  for (const step of steps) await take(step, log);
}

/** Takes all steps at the same time, and waits for all of them; those that fail are logged. Never rejects. */
export async function stopTogether(steps: readonly StopStep[], log: Log): Promise<void> {
  await Promise.all(steps.map((step) => take(step, log)));
}

async function take({ what, run }: StopStep, log: Log): Promise<void> {
  try {
    await run();
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    log(`Could not ${what}: ${printable(reason ?? '')}`);
  }
}
