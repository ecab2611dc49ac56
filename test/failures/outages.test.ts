import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { BuiltStack } from '../../dev/lab/org/builtStack';
import type { NodeProcess } from '../../dev/lab/servers/nodeProcess';
import type { SyncReport } from '../../src/contract';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { reportOf } from '../../dev/lab/org/report';

const DOWN_MS = 2_000;
const USERS = 300;

/** Servers of their own, since they are stopped here, and the built worker as a process. */
describe('While a run is in progress', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let lab: BuiltStack;
  let worker: NodeProcess;

  before(async () => {
    lab = await BuiltStack.start({
      size: { users: USERS, groups: 100, memberships: 1_500 },
      seed: 3,
      settings: { latencyMs: 250 },
      isSmall: true,
    });
    worker = await lab.startWorker();
  });
  after(async () => {
    await worker.stop();
    await lab.stop();
  });
  beforeEach(async () => {
    await lab.emptyGraph();
    await lab.org.resetStats();
  });

  /** Begins a sync and does something to it once the org has answered so many calls. */
  async function disturbed(atCalls: number, disturb: (sync: WorkflowHandle) => Promise<unknown>) {
    const sync = await lab.begin({ mode: 'full' });
    while ((await lab.org.stats()).calls < atCalls) await new Promise((resolve) => setTimeout(resolve, 10));
    await disturb(sync);
    return sync;
  }
  async function assertWhole(report: SyncReport) {
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report));
    assert.deepEqual(await lab.differences(), []);
  }
  async function assertAllAdded(sync: WorkflowHandle) {
    const report = await reportOf(sync);
    await assertWhole(report);
    assert.equal(report.memberships.added, (await lab.org.counts()).memberships);
  }

  it('Temporal may go away and come back', async () => {
    await assertWhole(await reportOf(await disturbed(3, () => lab.restartTemporal(DOWN_MS))));
  });

  /** Waits until an activity of a sync has failed with this, and waits for its next attempt. */
  async function hasFailedWith(sync: WorkflowHandle, code: string): Promise<void> {
    await until(async () => {
      const { raw } = await sync.describe();
      return !!raw.pendingActivities?.some(
        ({ lastFailure }) => lastFailure?.applicationFailureInfo?.type === code,
      );
    }, 60_000);
  }

  it('Neo4j may go away, take no writes when it is back, and have a full disk after that', async function () {
    // Neo4j starts four times, and attempts are given up meanwhile.
    this.timeout(2 * SERVICE_TIMEOUT_MS);
    const sync = await disturbed(40, () => lab.restartNeo4j(DOWN_MS, { readOnly: true }));
    await hasFailedWith(sync, 'GRAPH_READ_ONLY');
    await lab.restartNeo4j(0);
    await lab.fillNeo4jDisk();
    await hasFailedWith(sync, 'GRAPH_NEEDS_RESTART');
    // It recovers from the full disk, which it could not do without writes.
    await lab.restartNeo4j(0);
    await assertAllAdded(sync);
  });

  /** The report of a run that returned none, as the graph keeps it. */
  async function reportKept(sync: WorkflowHandle): Promise<SyncReport> {
    const { runId } = await sync.describe();
    const [run] = await lab.db.read<{ report: string }>(
      'MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) RETURN r.report AS report',
      { domain: lab.org.domain, runId },
    );
    assert.ok(run);
    return JSON.parse(run.report) as SyncReport;
  }

  it('an operator may cancel it: it says so in its report, and the next one makes the graph whole', async () => {
    const sync = await disturbed(60, (running) => running.cancel());
    await assert.rejects(sync.result(), /cancelled/);
    const { outcome, failure, users } = await reportKept(sync);
    assert.deepEqual([outcome, failure?.code, users.created], ['cancelled', 'CANCELLED', USERS]);
    await assertWhole(await lab.sync({ mode: 'incremental' }));
  });

  it('an operator may terminate it: the next one closes it with what it had counted', async () => {
    const sync = await disturbed(60, (running) => running.terminate());
    await assertWhole(await lab.sync({ mode: 'incremental' }));
    const { outcome, users } = await reportKept(sync);
    assert.deepEqual([outcome, users.created], ['abandoned', USERS]);
  });
});
