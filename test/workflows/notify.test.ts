import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { CodedError } from '../../src/faults/fault';
import { failureOf as failureFor, NOTIFIES } from '../../src/faults/temporalFailure';
import { NOTIFY_WORKFLOW_TYPE } from '../../src/contract';
import { failureOf } from '../../dev/lab/failureOf';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { begun, FakeActivities, reportOf, workUntilStopped } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';

const CHANGED = { seen: 3, created: 1, updated: 0, deleted: 0 };

describe('The announcement of a run', () => {
  let faked: FakedSync;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    faked = await FakedSync.onDevServer();
  });
  after(() => faked.stop());

  interface Child {
    input: unknown;
    workflowId: string;
    outlivesRun: boolean;
  }

  /** The notifications that a run has started, from its history. */
  async function childrenOf(sync: WorkflowHandle): Promise<Child[]> {
    const { events } = await sync.fetchHistory();
    return (events ?? []).flatMap(({ startChildWorkflowExecutionInitiatedEventAttributes: started }) => {
      if (started?.workflowType?.name !== NOTIFY_WORKFLOW_TYPE) return [];
      const { input, workflowId, parentClosePolicy } = started;
      const [payload] = input?.payloads ?? [];
      return [
        {
          input: JSON.parse(Buffer.from(payload?.data ?? []).toString()) as unknown,
          workflowId: workflowId ?? '',
          outlivesRun: parentClosePolicy === 2,
        },
      ];
    });
  }

  async function announced(
    fake: FakeActivities,
    during: (sync: WorkflowHandle) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Child[]> {
    let sync: WorkflowHandle | undefined;
    await faked
      .run(fake, [], async (handle) => {
        sync = handle;
        await during(handle);
      })
      .catch(() => undefined);
    assert.ok(sync);
    return childrenOf(sync);
  }

  const notifying = (changes: ConstructorParameters<typeof FakeActivities>[0] = {}) =>
    new FakeActivities({
      beginRun: async (_, runId) => begun({ id: runId, notifies: true }),
      ...changes,
    });

  it('is a workflow that outlives it, whose input is the id of the run', async () => {
    const fake = notifying({ endRun: async (run) => ({ ...reportOf(run), users: CHANGED }) });
    const [child, ...others] = await announced(fake);
    const runId = fake.calls[0]?.args[1] as string;
    assert.deepEqual(others, []);
    assert.deepEqual(child, {
      input: { domain: 'acme.okta.com', runId },
      workflowId: `okta-notify/acme.okta.com/${runId}`,
      outlivesRun: true,
    });
  });

  it('is not made without a receiver, or if there is nothing to say', async () => {
    const changes = async (run: Parameters<typeof reportOf>[0]) => ({ ...reportOf(run), users: CHANGED });
    assert.deepEqual(await announced(new FakeActivities({ endRun: changes })), []);
    assert.deepEqual(await announced(notifying()), []);
  });

  it('is made for a run that was canceled', async () => {
    const fake = notifying({ syncMemberships: workUntilStopped });
    const [child] = await announced(fake, async (sync) => {
      while (fake.times('syncMemberships') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await sync.cancel();
    });
    assert.ok(child);
  });

  it('is made for a run that could not begin, if the failure says so, with nothing but its code', async () => {
    const refused = failureFor(new CodedError('OKTA_UNAUTHORIZED', 'Okta returned 401.'));
    const failing = () => new FakeActivities({ beginRun: () => Promise.reject(refused) });
    assert.deepEqual(await announced(failing()), []);

    Object.assign(refused.details?.[0] ?? {}, NOTIFIES);
    const fake = failing();
    const [child] = await announced(fake);
    assert.deepEqual(child?.input, { runId: fake.calls[0]?.args[1], failure: 'OKTA_UNAUTHORIZED' });
  });

  it('is made for a run that could not write its report', async () => {
    const fake = notifying({
      endRun: () => Promise.reject(ApplicationFailure.nonRetryable('No Neo4j.', 'GRAPH_UNAUTHORIZED')),
    });
    const [child] = await announced(fake);
    assert.deepEqual((child?.input as { failure: string }).failure, 'GRAPH_UNAUTHORIZED');
  });

  it('fails with the reason when it is given up, and leaves the run as it is', async () => {
    const refused = new CodedError('NOTIFY_REFUSED', 'It answered 401.', { advice: 'Check it.' });
    const fake = new FakeActivities({ notify: () => Promise.reject(failureFor(refused)) });
    const failure = await failureOf(
      faked.runOf(NOTIFY_WORKFLOW_TYPE, fake, [{ domain: 'acme.okta.com', runId: 'a run' }]),
    );
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.deepEqual([failure.type, failure.message], ['NOTIFY_REFUSED', 'It answered 401. Check it.']);
  });

  it('is tried for a day, with pauses of up to an hour', async () => {
    const fake = new FakeActivities();
    let options: unknown;
    await faked.runOf(NOTIFY_WORKFLOW_TYPE, fake, [{ runId: 'a run' }], async (delivery) => {
      await delivery.result();
      const { events } = await delivery.fetchHistory();
      const [scheduled] = (events ?? []).flatMap(
        ({ activityTaskScheduledEventAttributes: attributes }) => attributes ?? [],
      );
      const { scheduleToCloseTimeout, startToCloseTimeout, retryPolicy } = scheduled ?? {};
      const seconds = [scheduleToCloseTimeout, startToCloseTimeout, retryPolicy?.maximumInterval];
      options = [...seconds.map((each) => Number(each?.seconds)), retryPolicy?.maximumAttempts];
    });
    assert.deepEqual(options, [86_400, 300, 3_600, 0]);
  });

  it('fails as INVALID_INPUT without a run', async () => {
    for (const input of [[], [{}], [{ runId: 7 }]]) {
      const failure = await failureOf(faked.runOf(NOTIFY_WORKFLOW_TYPE, new FakeActivities(), input));
      assert(failure instanceof ApplicationFailure, String(failure));
      assert.equal(failure.type, 'INVALID_INPUT');
    }
  });
});
