import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities';
import type { NotifyRequest } from '../../src/contract';
import type { Notice } from '../../src/notify/notice';
import { CODES } from '../../src/codes';
import { notified } from '../../src/telemetry/events';
import { configFor } from '../../dev/lab/configFor';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { Receiver, RECEIVER_KEY } from '../../dev/lab/servers/receiver';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';

describe('The activity that notifies', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;
  let receiver: Receiver<Notice>;

  before(async () => (org = await OrgUnderTest.start({ users: 5, groups: 1, memberships: 5 })));
  after(() => org.stop());
  beforeEach(async () => (receiver = await Receiver.start(RECEIVER_KEY)));
  afterEach(() => receiver.stop());

  /** A worker: its attempts share what it keeps. */
  function worker(environment: Record<string, string> = {}) {
    const settings = configFor({ NOTIFY_URL: receiver.url, NOTIFY_SECRET: RECEIVER_KEY, ...environment });
    return org.attempt({ ports: { notify: settings.notify } });
  }

  const failed = (request: Partial<NotifyRequest> = {}): Parameters<Activities['notify']> => [
    { runId: 'a run', failure: 'OKTA_UNAUTHORIZED', ...request },
  ];

  it("says of a failure that Temporal hands over its code alone, in this program's own words", async () => {
    const { status } = await worker().call('notify', ...failed({ domain: org.sim.domain }));
    assert.equal(status, 204);
    const { means: message, advice } = CODES.OKTA_UNAUTHORIZED;
    assert.deepEqual(receiver.received[0]?.body.data.failure, {
      code: 'OKTA_UNAUTHORIZED',
      message,
      advice,
      count: 1,
    });
    assert.equal(receiver.received[0].body.data.org, org.sim.domain);
  });

  it('repeats no code and no domain that it does not know', async () => {
    await worker().call('notify', ...failed({ domain: 'evil.example', failure: '<!channel> pay me' }));
    const { data } = receiver.received[0]?.body ?? assert.fail();
    assert.deepEqual([data.org, data.failure?.code], [undefined, 'INTERNAL']);
  });

  it('sends nothing of a run that the graph does not have, or without a receiver', async () => {
    assert.deepEqual(await worker().call('notify', { domain: org.sim.domain, runId: 'none' }), {});
    assert.deepEqual(await worker({ NOTIFY_URL: '' }).call('notify', ...failed()), {});
    assert.deepEqual(receiver.received, []);
  });

  it('counts what became of each attempt, by org', async () => {
    const counted: unknown[] = [];
    const stop = notified.listen((attempt) => counted.push(attempt));
    try {
      receiver.behaviors.push({ status: 500 }, { status: 401 });
      const { domain } = org.sim;
      const send = () => worker().call('notify', ...failed({ domain }));
      await assert.rejects(send());
      await assert.rejects(send());
      await send();
      await worker().call('notify', ...failed({ domain: 'evil.example' }));
      assert.deepEqual(counted, [
        { domain, outcome: 'failed' },
        { domain, outcome: 'refused' },
        { domain, outcome: 'sent' },
        { domain: 'unknown', outcome: 'sent' },
      ]);
    } finally {
      stop();
    }
  });

  it('sends four at a time, so that a receiver that hangs takes no more places of runs', async () => {
    receiver.behaviors.push('hang', 'hang', 'hang', 'hang');
    const busy = worker();
    const sending = Array.from({ length: 4 }, (_, at) =>
      busy.call('notify', ...failed({ runId: `run ${at}` })),
    );
    const ended = Promise.allSettled(sending);
    await receiver.got(4);
    const failure = await busy.failure(busy.call('notify', ...failed({ runId: 'one more' })));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.deepEqual([failure.type, failure.nextRetryDelay], ['NOTIFY_FAILED', 30_000]);
    assert.equal(receiver.received.length, 4);
    await receiver.stop();
    await ended;
    receiver = await Receiver.start(RECEIVER_KEY);
  });
});
