import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { CodedError } from '../../src/faults/fault';
import { failureOf as failureFor, faultOf } from '../../src/faults/temporalFailure';
import type { SyncReport } from '../../src/contract';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { failureOf } from '../../dev/lab/failureOf';
import { FakeActivities, reportOf, workUntilStopped } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';
import { signal } from '../../dev/lab/signal';

describe('A sync that does not come to its own end', () => {
  let faked: FakedSync;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    faked = await FakedSync.onDevServer();
  });
  after(() => faked.stop());

  it('fails as SYNC_FAILED with the report as the first detail', async () => {
    const fake = new FakeActivities({
      syncMemberships: () =>
        Promise.reject(ApplicationFailure.nonRetryable('Wrong token.', 'OKTA_UNAUTHORIZED')),
    });
    const failure = await failureOf(faked.run(fake));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'SYNC_FAILED');
    assert.equal(failure.message, 'Wrong token.');
    const report = failure.details?.[0] as SyncReport;
    assert.equal(report.outcome, 'failed');
    assert.deepEqual(report.failure, { code: 'OKTA_UNAUTHORIZED', message: 'Wrong token.' });
    assert.equal(fake.times('sweep'), 0);
  });

  it('keeps what to do apart from what happened, as the activity said it', async () => {
    const refused = new CodedError('OKTA_UNAUTHORIZED', 'Okta returned 401.', { advice: 'Make a token.' });
    const fake = new FakeActivities({ syncMemberships: () => Promise.reject(failureFor(refused)) });
    const failure = await failureOf(faked.run(fake));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.message, 'Okta returned 401. Make a token.');
    const report = failure.details?.[0] as SyncReport;
    const { code, fact, advice } = refused;
    assert.deepEqual(report.failure, { code, message: fact, advice });
  });

  it('keeps it apart also where the run could not begin', async () => {
    const unknown = new CodedError('UNKNOWN_ORG', 'It serves: a.okta.com.', { advice: 'Configure it.' });
    const fake = new FakeActivities({ beginRun: () => Promise.reject(failureFor(unknown)) });
    const failure = await failureOf(faked.run(fake));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.message, 'It serves: a.okta.com. Configure it.');
    assert.deepEqual(faultOf(failure), {
      code: 'UNKNOWN_ORG',
      message: 'It serves: a.okta.com.',
      advice: 'Configure it.',
    });
  });

  it('takes the message alone where the details of a failure are not of that shape', async () => {
    for (const details of [['text'], [{ message: 7 }], [{ message: 'x'.repeat(5_000) }], [null]]) {
      const odd = ApplicationFailure.create({
        type: 'OKTA_UNAUTHORIZED',
        message: 'Odd.',
        nonRetryable: true,
        details,
      });
      const fake = new FakeActivities({ syncUsers: () => Promise.reject(odd) });
      const failure = await failureOf(faked.run(fake));
      assert(failure instanceof ApplicationFailure, String(failure));
      const report = failure.details?.[0] as SyncReport;
      assert.deepEqual(report.failure, { code: 'OKTA_UNAUTHORIZED', message: 'Odd.' });
    }
  });

  for (const result of [
    null,
    'done',
    { done: true },
    { done: true, groupsDone: { toString: 1 }, groupsTotal: 1 },
    { done: true, groupsDone: -1, groupsTotal: 1 },
  ]) {
    it(`fails with its report where somebody has completed an activity with ${JSON.stringify(result)}`, async () => {
      const fake = new FakeActivities({ syncMemberships: () => Promise.resolve(result as never) });
      const failure = await failureOf(faked.run(fake));
      assert(failure instanceof ApplicationFailure, String(failure));
      assert.equal(failure.type, 'SYNC_FAILED');
      assert.match(failure.message, /^The result of syncMemberships cannot be used: /);
      const report = failure.details?.[0] as SyncReport;
      assert.deepEqual([report.outcome, report.failure?.code], ['failed', 'INVALID_INPUT']);
      assert.deepEqual([fake.times('sweep'), fake.times('endRun')], [0, 1]);
    });
  }

  it('fails as INVALID_INPUT where the run itself is not one, and does nothing', async () => {
    const fake = new FakeActivities({
      beginRun: () => Promise.resolve({ domain: { toString: 1 } } as never),
    });
    const failure = await failureOf(faked.run(fake));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'INVALID_INPUT');
    assert.match(failure.message, /^The result of beginRun cannot be used: domain/);
    assert.deepEqual(fake.order, ['beginRun']);
  });

  it('completes when it is partial', async () => {
    const fake = new FakeActivities({ endRun: async (run) => ({ ...reportOf(run), outcome: 'partial' }) });
    assert.equal((await faked.run(fake)).outcome, 'partial');
  });

  it('fails with the code and the message of what kept it from beginning', async () => {
    const unknown = ApplicationFailure.nonRetryable('It serves: a.okta.com.', 'UNKNOWN_ORG');
    const fake = new FakeActivities({ beginRun: () => Promise.reject(unknown) });
    const failure = await failureOf(faked.run(fake));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'UNKNOWN_ORG');
    assert.equal(failure.message, 'It serves: a.okta.com.');
    assert.deepEqual(fake.order, ['beginRun']);
  });

  for (const [failing, other] of [
    ['syncUsers', 'syncGroups'],
    ['syncGroups', 'syncUsers'],
  ] as const) {
    it(`cancels ${other} when ${failing} fails, and waits for it before the report`, async () => {
      const otherStarted = signal();
      let otherStoppedBefore: number | undefined;
      const fake: FakeActivities = new FakeActivities({
        [failing]: async () => {
          await otherStarted.given;
          throw ApplicationFailure.nonRetryable('May not read.', 'OKTA_FORBIDDEN');
        },
        [other]: async () => {
          otherStarted.give();
          try {
            return await workUntilStopped();
          } finally {
            await sleep(300);
            otherStoppedBefore = fake.times('endRun');
          }
        },
      });
      const failure = await failureOf(faked.run(fake));
      assert(failure instanceof ApplicationFailure && failure.type === 'SYNC_FAILED', String(failure));
      assert.equal(otherStoppedBefore, 0);
      assert.equal(fake.ending?.failure.code, 'OKTA_FORBIDDEN');
      assert.equal(fake.times('syncMemberships'), 0);
    });
  }

  it('closes as cancelled when it was cancelled, after its report was written', async () => {
    const { fake, cancel } = cancelledIn('syncMemberships');
    const failure = await failureOf(faked.run(fake, [], cancel));
    assert(failure instanceof CancelledFailure, String(failure));
    assert.equal(fake.ending?.outcome, 'cancelled');
    assert.equal(fake.ending?.failure.code, 'CANCELLED');
    assert.equal(fake.times('sweep'), 0);
  });

  for (const activity of ['syncMemberships', 'sweep'] as const) {
    it(`waits for a cancelled ${activity} before the report, so that nothing is written after it`, async () => {
      let stoppedBefore: number | undefined;
      const atWork = signal();
      const fake: FakeActivities = new FakeActivities({
        [activity]: async () => {
          atWork.give();
          try {
            return await workUntilStopped();
          } finally {
            // A worker that does not wait has its report by now.
            await sleep(300);
            stoppedBefore = fake.times('endRun');
          }
        },
      });
      const failure = await failureOf(
        faked.run(fake, [], async (sync) => {
          await atWork.given;
          await sync.cancel();
        }),
      );
      assert(failure instanceof CancelledFailure, String(failure));
      assert.equal(stoppedBefore, 0);
      assert.equal(fake.times('endRun'), 1);
    });
  }

  it('closes as cancelled when both lists were being read', async () => {
    const { fake, cancel } = cancelledIn('syncUsers', { syncGroups: workUntilStopped });
    const failure = await failureOf(faked.run(fake, [], cancel));
    assert(failure instanceof CancelledFailure, String(failure));
    assert.equal(fake.ending?.outcome, 'cancelled');
  });

  it('closes as cancelled without a report when it had not begun', async () => {
    const { fake, cancel } = cancelledIn('beginRun');
    const failure = await failureOf(faked.run(fake, [], cancel));
    assert(failure instanceof CancelledFailure, String(failure));
    assert.deepEqual(fake.order, ['beginRun']);
  });

  it('keeps its report when the cancel comes while that is written', async () => {
    const writing = signal();
    const cancelled = signal();
    const fake = new FakeActivities({
      endRun: async (run) => {
        writing.give();
        await cancelled.given;
        await sleep(200);
        return reportOf(run);
      },
    });
    const report = await faked.run(fake, [], async (sync) => {
      await writing.given;
      await sync.cancel();
      cancelled.give();
    });
    assert.equal(report.outcome, 'succeeded');
  });
});

/** A sync whose activity works until it is stopped, and what cancels the sync as soon as that is at work. */
function cancelledIn(activity: string, others: object = {}) {
  const atWork = signal();
  const fake = new FakeActivities({ ...others, [activity]: () => (atWork.give(), workUntilStopped()) });
  const cancel = async (sync: WorkflowHandle) => {
    await atWork.given;
    await sync.cancel();
  };
  return { fake, cancel };
}
