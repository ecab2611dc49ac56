import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';

/** Builds `dist/workflow-bundle.js`, so that a production worker starts without a bundler. */
async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../src/workflows'),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(join(__dirname, '../dist/workflow-bundle.js'), code);
}

void main();
