import { orgAtWatch } from '../graph/write/touched';
import { Attempt } from './context';
import type { Ports } from './ports';
import { isOpenWorkflow } from './runs';

/** Time between two looks. */
const LOOK_MS = 1_000;

/**
 * Waits until no run of the org is in progress, and until one has read all users: what the log names is then read into a
 * graph that has the rest.
 */
export async function awaitTurn({ graph }: Ports, domain: string): Promise<void> {
  const attempt = new Attempt<undefined>();
  for (;;) {
    const { watermarkMs, open } = await orgAtWatch(graph, domain);
    const areOpen = await Promise.all(open.map(({ workflowId, runId }) => isOpenWorkflow(workflowId, runId)));
    if (watermarkMs !== null && !areOpen.includes(true)) return;
    await attempt.pause(LOOK_MS);
    attempt.beat();
  }
}
