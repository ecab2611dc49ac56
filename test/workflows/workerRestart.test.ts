import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { SyncProgress } from '../../src/contract';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { FakeActivities, workUntilStopped } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';
import { signal } from '../../dev/lab/signal';

describe('A worker that ends while a sync is in progress', () => {
  let faked: FakedSync;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    faked = await FakedSync.onDevServer();
  });
  after(() => faked.stop());

  it('leaves the rest to the next worker, which repeats nothing that was done', async () => {
    const taskQueue = randomUUID();
    const atWork = signal();
    const first = new FakeActivities({
      syncMemberships: async () => {
        atWork.give();
        await workUntilStopped().catch(() => undefined);
        throw ApplicationFailure.create({ type: 'WORKER_SHUTDOWN', nextRetryDelay: 1 });
      },
    });
    const sync = await faked.start(taskQueue);
    await (await faked.workerOf(taskQueue, () => first)).runUntil(atWork.given);

    const second = new FakeActivities();
    const nextWorker = await faked.workerOf(taskQueue, () => second);
    const progress = await nextWorker.runUntil(async () => {
      await sync.result();
      return sync.query<SyncProgress>('progress');
    });
    assert.deepEqual(second.order, ['syncMemberships', 'sweep', 'endRun']);
    assert.deepEqual(progress.users, { seen: 3, done: true });
    assert.equal(progress.runNumber, 7);
  });
});
