import { join } from 'node:path';
import { DefaultLogger, bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

type Bundle = Promise<WorkflowBundleWithSourceMap>;

let plain: Bundle | undefined;
let withShortTries: Bundle | undefined;

/** `src/workflows` as a worker loads it, bundled once for all tests. */
export function syncBundle(): Bundle {
  return (plain ??= bundle());
}

/** The same with activities that time out soon, see `shortTries.ts`. */
export function syncBundleWithShortTries(): Bundle {
  return (withShortTries ??= bundle(join(__dirname, 'shortTries.ts')));
}

function bundle(...workflowInterceptorModules: string[]): Bundle {
  const workflowsPath = join(__dirname, '../../../src/workflows');
  return bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger: new DefaultLogger('WARN') });
}
