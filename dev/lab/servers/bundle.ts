import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { TRACING_MODULE } from '../../../src/telemetry/tracing';

type Bundle = Promise<{ code: string }>;

/** Path of a bundle that was just made of `src/workflows`; the runner of all tests sets it. */
const MADE_BEFORE = process.env['OKTA_GRAPH_TEST_BUNDLE'];

let plain: Bundle | undefined;
let withShortTries: Bundle | undefined;

/** `src/workflows` as a worker loads it, bundled at most once per process. */
export function syncBundle(): Bundle {
  return (plain ??= MADE_BEFORE ? readBundle(MADE_BEFORE) : bundle());
}

/** The same with the interceptors of a worker that sends traces. */
export function tracedSyncBundle(): Bundle {
  return bundle(TRACING_MODULE);
}

/** The same with activities that time out soon, see `shortTries.ts`. */
export function syncBundleWithShortTries(): Bundle {
  return (withShortTries ??= bundle(join(__dirname, 'shortTries.ts')));
}

async function readBundle(path: string): Bundle {
  return { code: await readFile(path, 'utf8') };
}

function bundle(...workflowInterceptorModules: string[]): Bundle {
  const workflowsPath = join(__dirname, '../../../src/workflows');
  return bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger: new DefaultLogger('WARN') });
}
