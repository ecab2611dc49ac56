import assert from 'node:assert/strict';
import type { SyncRequest } from '../../src/contract';
import { FakeActivities } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';

const APPROVAL_ID = '3b8f9d0e-6f39-4a53-9a55-0c0f2f1f8a11';

/** As `temporal workflow start` may give it, and what `beginRun` gets. */
const INPUTS: readonly [title: string, args: [] | [SyncRequest | null], request: SyncRequest][] = [
  ['no input', [], {}],
  ['null', [null], {}],
  ['an empty object', [{}], {}],
  ['a domain alone', [{ domain: 'b.okta.com' }], { domain: 'b.okta.com' }],
  ['a mode alone', [{ mode: 'full' }], { mode: 'full' }],
  [
    'everything',
    [{ domain: 'b.okta.com', mode: 'incremental', allowDeletes: true, approvalId: APPROVAL_ID }],
    { domain: 'b.okta.com', mode: 'incremental', allowDeletes: true, approvalId: APPROVAL_ID },
  ],
];

describe('The input of a sync', () => {
  let faked: FakedSync;

  before(async () => {
    faked = await FakedSync.onTimeSkippingServer();
  });
  after(() => faked.stop());

  for (const [title, args, request] of INPUTS) {
    it(`may be ${title}`, async () => {
      const fake = new FakeActivities();
      const report = await faked.run(fake, args);
      assert.equal(report.outcome, 'succeeded');
      assert.deepEqual(fake.calls[0]?.args[0], request);
      assert.equal(fake.calls[0]?.args[1], report.runId);
    });
  }
});
