import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { SyncProgress } from '../../src/contract';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';

/** The next run of an org looks at the runs that have no report. */
describe('A run without a report', () => {
  let stack: Stack;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 40, groups: 4 });
  });
  afterEach(() => stack.sim.faults.clear());
  after(() => stack.stop());

  const outcomeOf = async (runId: string): Promise<string | undefined> => {
    const [row] = await stack.db.read<{ outcome: string }>(
      'MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) RETURN r.outcome AS outcome',
      { domain: stack.sim.domain, runId },
    );
    return row?.outcome;
  };
  /** A run that has begun and waits for the answer to its user list. */
  const begunRun = async (): Promise<{ sync: WorkflowHandle; runId: string }> => {
    stack.sim.faults.set([{ match: { route: 'users', times: 1 }, action: { type: 'late' } }]);
    const sync = await stack.begin();
    const { runId } = await sync.describe();
    await until(() => stack.sim.faults.report()[0]?.fired === 1);
    return { sync, runId };
  };

  it('stays open while its workflow works on it', async () => {
    const { sync, runId } = await begunRun();
    const next = await stack.begin();
    await until(async () => (await next.query<SyncProgress>('progress')).phase !== 'starting');
    assert.equal(await outcomeOf(runId), 'running');
    stack.sim.faults.release();
    await Promise.all([sync.result(), next.result()]);
    // It came to its own end; which of two runs at once reads a group is chance, and the other one has it left.
    assert.ok(['succeeded', 'partial'].includes((await outcomeOf(runId)) ?? ''));
  });

  it('is closed as abandoned when its workflow was terminated', async () => {
    const { sync, runId } = await begunRun();
    await sync.terminate();
    stack.sim.faults.clear();
    await stack.sync();
    assert.equal(await outcomeOf(runId), 'abandoned');
  });

  it('is closed as abandoned also while another run of that workflow id works', async () => {
    const { sync, runId } = await begunRun();
    await sync.terminate();
    stack.sim.faults.set([{ match: { route: 'users', times: 1 }, action: { type: 'late' } }]);
    const again = await stack.client.workflow.start('syncOkta', {
      workflowId: sync.workflowId,
      taskQueue: stack.config.temporal.taskQueue,
      workflowExecutionTimeout: '5m',
    });
    await until(() => stack.sim.faults.report()[0]?.fired === 1);
    assert.equal(await outcomeOf(runId), 'abandoned');
    assert.equal(await outcomeOf(again.firstExecutionRunId), 'running');
    stack.sim.faults.release();
    await again.result();
  });

  it('is closed as abandoned when Temporal does not know its workflow', async () => {
    const id = randomUUID();
    await stack.db.run(
      `MATCH (r:SyncRun {okta_domain: $domain}) WITH r ORDER BY r.number DESC LIMIT 1
       SET r.outcome = 'running', r.report = null, r.id = $id, r.workflow_id = 'unknown'`,
      { domain: stack.sim.domain, id },
    );
    assert.equal((await stack.sync()).outcome, 'succeeded');
    assert.equal(await outcomeOf(id), 'abandoned');
  });
});
