import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what Temporal does or shows a moment later. */
export async function until(condition: () => Promise<boolean> | boolean, timeoutMs = 10_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition()); await sleep(50)) {
    assert(Date.now() < deadline, `the condition did not come true in ${timeoutMs / 1_000} s`);
  }
}
