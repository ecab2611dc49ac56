import type { Config } from '../../../src/config';
import { startWorker, type RunningWorker } from '../../../src/worker';
import { syncBundle } from './bundle';

/** A worker in this process. It starts sooner than one that bundles the workflows itself. */
export async function startTestWorker(config: Config): Promise<RunningWorker> {
  return startWorker(config, { workflowBundle: await syncBundle() }, { prepares: false });
}
