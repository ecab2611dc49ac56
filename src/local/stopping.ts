import { printable } from '../text/printable';
import type { Log } from './log';

/** An action at the end of the session. */
export interface StopStep {
  /** What it does, such as "stop Neo4j"; used after "Could not". */
  action: string;
  run: () => Promise<unknown>;
}

/** Runs the steps one after the other. Failures are logged and do not stop later steps. Never rejects. */
export async function stopInOrder(steps: readonly StopStep[], log: Log): Promise<void> {
  for (const step of steps) await runStep(step, log);
}

/** Runs the steps concurrently and waits for all of them. Failures are logged. Never rejects. */
export async function stopTogether(steps: readonly StopStep[], log: Log): Promise<void> {
  await Promise.all(steps.map((step) => runStep(step, log)));
}

async function runStep({ action, run }: StopStep, log: Log): Promise<void> {
  try {
    await run();
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    log(`Could not ${action}: ${printable(reason ?? '')}`);
  }
}
