import assert from 'node:assert/strict';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { workflowMetadataQuery } from '@temporalio/workflow';
import { progressLine } from '../../src/cli/progressText';
import { readLive } from '../../src/runs/inProgress';
import { PROGRESS_QUERY, type OktaWait, type SyncProgress } from '../../src/contract';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';

/** Three pages of users in a bucket of two. */
const SIZE = { users: 600, groups: 4, memberships: 800, limits: { users: 2 } };

/** A worker begins to work within this time, on a busy machine too. */
const MAX_MS = 60_000;

describe('A run that waits for Okta', () => {
  let stack: Stack;
  afterEach(() => stack.stop());

  const waitOf = async (run: WorkflowHandle): Promise<OktaWait | undefined> =>
    (await run.query<SyncProgress>(PROGRESS_QUERY)).waiting;

  it('says so, for which bucket and until when, in `progress`, in `status` and in the Temporal UI', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ ...SIZE, windowMs: 15_000 });
    const run = await stack.begin({ mode: 'full' });
    await until(async () => (await waitOf(run)) !== undefined, MAX_MS);
    const wait = await waitOf(run);
    assert.deepEqual([wait?.bucket, wait?.reason], ['users', 'limit']);
    const leftMs = Date.parse(wait?.until ?? '') - Date.now();
    assert.ok(leftMs <= 17_000, `${leftMs} ms`);
    const text = `waiting for Okta's rate limit on the user list (bucket "users") until ${wait?.until.slice(11, 19)} UTC`;
    const { currentDetails } = await run.query(workflowMetadataQuery);
    assert.ok(currentDetails?.includes(text), currentDetails ?? '');
    assert.ok(leftMs < 1_000 || progressLine(await readLive(stack.client, run.workflowId)).endsWith(text));

    const report = await run.result();
    assert.equal(report.outcome, 'succeeded');
    assert.ok(report.okta.waitedMs > 0, 'the report counts the time waited');
    assert.equal(await waitOf(run), undefined, 'it is over');
  });

  it('of more than two minutes says so in the failure that Temporal keeps until it tries again', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    // The first pause after a 429 that no header foresaw is of two base pauses.
    stack = await Stack.start({ ...SIZE, limits: {} }, {}, { retryPauseMs: 100_000 });
    const refused = { type: 'error', status: 429, errorCode: 'E0000047' } as const;
    stack.sim.faults.set([{ match: { route: 'users', nth: 3 }, action: refused }]);
    const run = await stack.begin({ mode: 'full' });
    const failureOf = async () =>
      (await run.describe()).raw.pendingActivities?.find(({ lastFailure }) => lastFailure)?.lastFailure
        ?.message;
    await until(async () => (await failureOf()) !== undefined, MAX_MS);
    assert.match(
      (await failureOf()) ?? '',
      /^The run is waiting until \d\d:\d\d:\d\d UTC: Okta returned 429 for the user list \(bucket "users"\) without a usable reset time, \d+ s from now\. Other applications are using up the org's rate limits \(Okta: Reports > Rate Limits\)\. Sync at a quieter time[^.]*\.$/,
    );
    await until(async () => (await waitOf(run)) !== undefined, MAX_MS);
    const leftMs = Date.parse((await waitOf(run))?.until ?? '') - Date.now();
    assert.ok(leftMs > 100_000 && leftMs <= 202_000, `${leftMs} ms`);
    await run.cancel();
    await assert.rejects(
      run.result(),
      (error) => error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure,
    );
  });
});
