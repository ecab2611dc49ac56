import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { TRACING_MODULE } from '../src/telemetry/tracing';

/** Builds the bundles of `dist`, so that a production worker starts without a bundler. */
async function main(): Promise<void> {
  await bundle('workflow-bundle.js');
  await bundle('workflow-bundle-traced.js', TRACING_MODULE);
}

async function bundle(name: string, ...workflowInterceptorModules: string[]): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../src/workflows'),
    workflowInterceptorModules,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(join(__dirname, '../dist', name), code);
}

void main();
