import assert from 'node:assert/strict';
import { WorkflowFailedError } from '@temporalio/client';

/** What a workflow failed with; fails the test when it did not. */
export async function failureOf(run: Promise<unknown>): Promise<Error | undefined> {
  const error = await run.then(
    () => assert.fail('the workflow completed'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowFailedError)) throw error;
  return error.cause;
}
