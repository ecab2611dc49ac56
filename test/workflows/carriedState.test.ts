import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { PROGRESS_QUERY, SYNC_WORKFLOW_TYPE, type SyncProgress } from '../../src/contract';
import { newState, type SyncState } from '../../src/workflows/state';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { listenAtLongerPort, type NeighborPort } from '../../dev/lab/org/hostileCursors';
import { Stack } from '../../dev/lab/org/stack';
import { failureOf } from '../../dev/lab/failureOf';

describe('What a workflow start can hand to a sync', () => {
  let stack: Stack;
  let neighbor: NeighborPort;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    neighbor = await listenAtLongerPort();
    stack = await Stack.start({ users: 5, groups: 2, memberships: 8, port: neighbor.orgPort });
  });
  after(async () => {
    await stack.stop();
    await neighbor.stop();
  });

  const start = (...args: unknown[]): Promise<WorkflowHandle> =>
    stack.client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: randomUUID(),
      taskQueue: stack.config.temporal.taskQueue,
      args,
      workflowExecutionTimeout: '60s',
    });

  const payload = (encoding: string, data: string) => ({
    metadata: { encoding: Buffer.from(encoding) },
    data: Buffer.from(data),
  });
  /** Starts a sync with inputs that no client of the SDK would send. */
  const startRaw = async (...payloads: ReturnType<typeof payload>[]): Promise<WorkflowHandle> => {
    const workflowId = randomUUID();
    await stack.client.workflowService.startWorkflowExecution({
      namespace: stack.config.temporal.namespace,
      workflowId,
      requestId: randomUUID(),
      workflowType: { name: SYNC_WORKFLOW_TYPE },
      taskQueue: { name: stack.config.temporal.taskQueue },
      input: { payloads },
    });
    return stack.client.workflow.getHandle(workflowId);
  };

  /** The state of a run that has begun and is to go on with its users at a page of the caller's choice. */
  const stateAt = (next: string): SyncState => {
    const state = newState(randomUUID(), Date.now());
    return {
      ...state,
      run: {
        domain: stack.sim.domain,
        number: 1,
        id: 'x',
        mode: 'full',
        allowDeletes: true,
        deadlineMs: 60_000,
      },
      users: { seen: 0, restarts: 0, next },
    };
  };

  it('is no state, so that no cursor of it can lead the token away', async () => {
    stack.sim.stats.reset();
    for (const cursor of [`${neighbor.digit}/x`, '.evil/x']) {
      const handle = await start({ mode: 'full' }, stateAt(cursor));
      const failure = await failureOf(handle.result());
      assert(failure instanceof ApplicationFailure, String(failure));
      assert.equal(failure.type, 'INVALID_INPUT');
      assert.match(failure.message, /takes one input/);
      assert.equal((await handle.describe()).status.name, 'FAILED');
    }
    assert.deepEqual(neighbor.requests, [], 'the listener at the longer port was sent something');
    assert.deepEqual(stack.sim.stats.snapshot().byRoute, {});
  });

  it('ends in words where it is no state at all, and never as a workflow task that fails for ever', async () => {
    for (const carried of [7, 'state', [], { progress: null }, { startedAtMs: 'soon' }]) {
      const failure = await failureOf((await start({}, carried)).result());
      assert(failure instanceof ApplicationFailure, String(failure));
      assert.equal(failure.type, 'INVALID_INPUT');
    }
  });

  it('ends in words where the request is not one', async () => {
    for (const request of [7, 'full', ['full'], { mode: 'all' }, { domain: 7 }, { allowDelets: true }]) {
      const failure = await failureOf((await start(request)).result());
      assert(failure instanceof ApplicationFailure, String(failure));
      assert.equal(failure.type, 'INVALID_INPUT');
      assert.match(
        failure.message,
        /^The input of the run cannot be used: .*(expected|Unrecognized|Invalid option)/,
      );
    }
  });

  it('ends the run where it cannot even be decoded', async () => {
    for (const [encoding, data, message] of [
      ['some/thing', 'x', /cannot be decoded. Send JSON/],
      ['json/plain', '{"mode":', /cannot be decoded. Send JSON/],
      ['binary/plain', 'x', /^The input of the run cannot be used: /],
    ] as const) {
      const failure = await failureOf((await startRaw(payload(encoding, data))).result());
      assert.match(failure?.message ?? '', message);
    }
  });

  it('includes signals, of which one that is no wait changes nothing', async () => {
    stack.sim.settings.latencyMs = 200;
    try {
      const handle = await start({ mode: 'full' });
      for (const wait of [7, null, {}, { bucket: 'users', until: 'soon', reason: 'limit' }, { until: 7 }])
        await handle.signal('waiting', wait);
      await stack.client.workflowService.signalWorkflowExecution({
        namespace: stack.config.temporal.namespace,
        workflowExecution: { workflowId: handle.workflowId },
        signalName: 'waiting',
        input: { payloads: [payload('some/thing', 'x')] },
      });
      const wait = { bucket: 'users', until: new Date(Date.now() + 60_000).toISOString(), reason: 'limit' };
      await handle.signal('waiting', wait);
      await handle.signal('waiting', 'no wait');
      const progress = await handle.query<SyncProgress>(PROGRESS_QUERY);
      assert.deepEqual(progress.waiting, wait);
      assert.equal(((await handle.result()) as { outcome: string }).outcome, 'succeeded');
    } finally {
      stack.sim.settings.latencyMs = 0;
    }
  });

  it('has no third input, and one that cannot be decoded is not even looked at', async () => {
    const json = payload('json/plain', 'null');
    const handle = await startRaw(json, json, payload('some/thing', 'x'));
    const report = (await handle.result()) as { outcome: string };
    assert.equal(report.outcome, 'succeeded');
  });

  it('may be a second input of nothing', async () => {
    const report = (await (await start({ mode: 'full' }, null)).result()) as { outcome: string };
    assert.equal(report.outcome, 'succeeded');
  });
});
