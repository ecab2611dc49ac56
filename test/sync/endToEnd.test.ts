import assert from 'node:assert/strict';
import type { SyncReport } from '../../src/contract';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';

describe('A full run', () => {
  let stack: Stack;
  let first: SyncReport;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 400, groups: 40, memberships: 3000, hugeProfiles: 2 });
    first = await stack.sync();
  });
  after(() => stack.stop());

  it('makes the graph equal to the org, and counts what it did', async () => {
    const report = first;
    assert.deepEqual(await stack.differences(), []);
    assert.equal(report.outcome, 'succeeded');
    assert.deepEqual(report.users, { seen: 400, created: 400, updated: 0, deleted: 0 });
    assert.deepEqual(report.groups, { seen: 40, created: 40, updated: 0, deleted: 0 });
    assert.equal(report.memberships.added, 3000);
    assert.equal(report.memberships.groupsRead, 40);
  });

  it('changes nothing when nothing has changed', async () => {
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual(await stack.differences(), []);
    assert.deepEqual(report.users, { seen: 400, created: 0, updated: 0, deleted: 0 });
    assert.deepEqual(report.groups, { seen: 40, created: 0, updated: 0, deleted: 0 });
    assert.deepEqual([report.memberships.added, report.memberships.removed], [0, 0]);
  });

  it('follows every kind of change', async () => {
    const done = stack.sim.org.churn({ fraction: 0.1, seed: 7 });
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual(await stack.differences(), []);
    assert.equal(report.outcome, 'succeeded');
    assert.equal(report.users.created, done.usersAdded);
    assert.equal(report.users.deleted, done.usersDeleted);
    assert.equal(report.groups.deleted, done.groupsDeleted);
  });
});
