import assert from 'node:assert/strict';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { LIST_START, type ListCursor } from '../../src/activities/lists';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

describe('A rate limit', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    // The first pause after a 429 that no header foresaw is of two base pauses.
    org = await OrgUnderTest.start({ users: 600 }, 300_000);
    const refused = { type: 'error', status: 429, errorCode: 'E0000047' } as const;
    org.sim.faults.set([{ match: { route: 'users', nth: 3 }, action: refused }]);
  });
  after(() => org.stop());

  it('that opens more than two minutes later is left to Temporal to wait for, after what was done', async () => {
    const run = await org.begin();
    const attempt = org.attempt();
    const failure = await attempt.failure(attempt.call('syncUsers', run, LIST_START));
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'OKTA_RATE_LIMITED');
    assert.equal(failure.nonRetryable, false);
    assert.equal(failure.category, ApplicationFailureCategory.BENIGN);
    const delayMs = failure.nextRetryDelay;
    assert(typeof delayMs === 'number' && delayMs > 590_000 && delayMs < 605_000, String(delayMs));
    assert.equal((attempt.heartbeats.at(-1) as ListCursor).seen, 400);
    assert.equal(org.calls['users'], 3, 'nothing is sent after the refusal');
  });
});
