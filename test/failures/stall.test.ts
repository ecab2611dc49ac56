import assert from 'node:assert/strict';
import type { FaultRule } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';

describe('When Okta stops in the middle of an answer', () => {
  let stack: Stack;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 120, groups: 15, memberships: 600 }, {}, { requestTimeoutMs: 700 });
  });
  after(() => stack.stop());
  afterEach(() => stack.sim.faults.clear());

  const ROWS: readonly FaultRule['action'][] = [{ type: 'stall' }, { type: 'delay', delayMs: 1500 }];
  for (const action of ROWS) {
    for (const route of ['users', 'groups', 'members'] as const) {
      it(`(${action.type}, ${route}) the request is given up, made again, and the run succeeds`, async () => {
        stack.sim.faults.set([{ match: { route, times: 1 }, action }]);
        const report = await stack.sync({ mode: 'full' });
        assert.equal(report.outcome, 'succeeded');
        assert.ok(report.okta.retries >= 1, 'a request must have been repeated');
        assert.deepEqual(await stack.differences(), []);
      });
    }
  }
});
