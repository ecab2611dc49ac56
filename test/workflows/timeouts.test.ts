import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { syncBundleWithShortTries } from '../../dev/lab/servers/bundle';
import { failureOf } from '../../dev/lab/failureOf';
import { FakeActivities, begun, reportOf, staySilent } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';
import { signal } from '../../dev/lab/signal';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';

describe('A sync whose activity does not answer', () => {
  let faked: FakedSync;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    faked = await FakedSync.onDevServer(syncBundleWithShortTries);
  });
  after(() => faked.stop());

  it('fails with ACTIVITY_TIMEOUT once all tries have timed out, and reports it', async () => {
    const fake = new FakeActivities({ syncMemberships: staySilent });
    const failure = await failureOf(faked.run(fake));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'SYNC_FAILED');
    assert.equal(fake.times('syncMemberships'), 2);
    assert.equal(fake.ending?.outcome, 'failed');
    assert.equal(fake.ending?.failure.code, 'ACTIVITY_TIMEOUT');
    assert.match(fake.ending.failure.message, /^syncMemberships timed out on every attempt/);
  });

  it('fails with ACTIVITY_TIMEOUT when it cannot even begin', async () => {
    const fake = new FakeActivities({ beginRun: staySilent });
    const failure = await failureOf(faked.run(fake));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'ACTIVITY_TIMEOUT');
  });

  it('still closes as cancelled when a cancel could not reach it', async () => {
    const atWork = signal();
    const fake = new FakeActivities({ syncMemberships: () => (atWork.give(), staySilent()) });
    const run = faked.run(fake, [], async (sync) => {
      await atWork.given;
      await sync.cancel();
    });
    const failure = await failureOf(run);
    assert(failure instanceof CancelledFailure, String(failure));
    assert.equal(fake.times('syncMemberships'), 1);
    assert.equal(fake.ending?.outcome, 'cancelled');
  });

  it('is still partial when its deadline could not reach it', async () => {
    const fake = new FakeActivities({
      beginRun: async (_request, id) => begun({ id, deadlineMs: 700 }),
      syncMemberships: staySilent,
      endRun: async (run, ending) => reportOf(run, ending),
    });
    const report = await faked.run(fake);
    assert.equal(report.outcome, 'partial');
    assert.equal(report.failure?.code, 'DEADLINE_REACHED');
  });
});
