import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { FakeActivities, HOUR_MS, begun, reportOf, workUntilStopped } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';

describe('The deadline of a sync', () => {
  let faked: FakedSync;

  before(async () => {
    faked = await FakedSync.onTimeSkippingServer();
  });
  after(() => faked.stop());

  it('ends it as partial, also while a retry is waited for', async () => {
    const fake = new FakeActivities({
      beginRun: async (_request, id) => begun({ id, deadlineMs: 3 * HOUR_MS }),
      syncMemberships: () =>
        Promise.reject(ApplicationFailure.create({ type: 'OKTA_RATE_LIMITED', nextRetryDelay: '50m' })),
    });
    const report = await faked.run(fake);
    assert.equal(report.outcome, 'partial');
    assert.equal(fake.ending?.failure.code, 'DEADLINE_REACHED');
    assert.equal(fake.times('syncMemberships'), 4);
    assert.equal(fake.times('sweep'), 0);
  });

  it('stops what is at work, and waits for it', async () => {
    let stopped = false;
    const stoppedBeforeReport: boolean[] = [];
    const fake = new FakeActivities({
      beginRun: async (_request, id) => begun({ id, deadlineMs: 3_000 }),
      syncMemberships: async () => {
        try {
          return await workUntilStopped();
        } finally {
          await sleep(300);
          stopped = true;
        }
      },
      endRun: async (run, ending) => {
        stoppedBeforeReport.push(stopped);
        return reportOf(run, ending);
      },
    });
    const report = await faked.run(fake);
    assert.equal(report.outcome, 'partial');
    assert.equal(report.failure?.code, 'DEADLINE_REACHED');
    assert.equal(fake.times('syncMemberships'), 1, 'the deadline must meet an activity at work');
    assert.deepEqual(stoppedBeforeReport, [true], 'the report must wait until the activity has stopped');
  });
});
