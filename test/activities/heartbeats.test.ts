import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { LIST_START, type ListCursor } from '../../src/activities/lists';
import type { SweepCursor } from '../../src/activities/sweep';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

const USER_PAGES = 20;
const GROUPS = 80;

describe('The heartbeat of an activity', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: USER_PAGES * 200, groups: GROUPS, memberships: 6_000 });
  });
  after(() => org.stop());

  it('carries the cursor after the last page that was written, and nothing else', async () => {
    const run = await org.begin();
    const attempt = org.attempt();
    assert.deepEqual(await attempt.call('syncUsers', run, LIST_START), { seen: USER_PAGES * 200 });
    const cursors = attempt.heartbeats as ListCursor[];
    assert(cursors.length > 0, 'there are heartbeats');
    for (const [i, cursor] of cursors.entries()) {
      assert(cursor.seen > (cursors[i - 1]?.seen ?? 0) && cursor.seen % 200 === 0, `${cursor.seen} seen`);
      assert.equal(cursor.restarts, 0);
      assert.deepEqual(Object.keys(cursor).sort(), ['next', 'restarts', 'seen']);
      assert.match(cursor.next ?? '', /^\/api\/v1\/users\?/);
    }
  });

  it('lets a retry of a list go on from there: it asks for no page that was written', async () => {
    const run = await org.begin();
    const first = org.attempt();
    const failure = await first.cancelledWhen(
      ({ seen }: ListCursor) => seen >= 600,
      'syncUsers',
      run,
      LIST_START,
    );
    assert(failure instanceof CancelledFailure, String(failure));
    const heartbeatDetails = first.heartbeats.at(-1);
    const { seen } = heartbeatDetails as ListCursor;
    assert(seen < USER_PAGES * 200, 'the first attempt must not have read the whole list');
    const askedBefore = org.calls['users'] ?? 0;

    const second = org.attempt({ heartbeatDetails });
    assert.deepEqual(await second.call('syncUsers', run, LIST_START), { seen: USER_PAGES * 200 });
    // The last page is full, so it is asked for twice.
    assert.equal((org.calls['users'] ?? 0) - askedBefore, USER_PAGES - seen / 200 + 1);
    assert.equal((await org.counted(run))['users_seen'], USER_PAGES * 200);
  });

  it('is not all that a failed attempt leaves: what it spent on Okta is counted', async () => {
    const run = await org.begin();
    org.sim.faults.set([{ match: { route: 'users', nth: 1 }, action: { type: 'error', status: 403 } }]);
    const attempt = org.attempt();
    const failure = await attempt.failure(attempt.call('syncUsers', run, LIST_START));
    org.sim.faults.clear();
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'OKTA_FORBIDDEN');
    assert.equal((await org.counted(run))['okta_requests_users'], 1);
  });

  it('is not needed by a retry of the memberships: the graph knows which groups are left', async () => {
    const run = await org.begin();
    await org.lists(run);
    const first = org.attempt();
    const failure = await first.cancelledWhen((details) => details !== undefined, 'syncMemberships', run);
    assert(failure instanceof CancelledFailure, String(failure));
    const askedBefore = org.calls['members'] ?? 0;
    const triedBefore = Number((await org.counted(run))['memberships_groups_read']);
    assert(
      triedBefore > 0 && triedBefore < GROUPS,
      `the first attempt has read ${triedBefore} of ${GROUPS} groups`,
    );

    const done = { done: true, groupsDone: GROUPS, groupsTotal: GROUPS };
    assert.deepEqual(await org.attempt().call('syncMemberships', run), done);
    const { memberPages } = org.sim.org.callsNeeded();
    const asked = (org.calls['members'] ?? 0) - askedBefore;
    assert(
      asked <= memberPages - triedBefore,
      `${asked} pages were asked for, ${triedBefore} groups read before`,
    );
    assert.equal((await org.counted(run))['memberships_added'], 6_000);
  });

  it('lets a retry of the sweep continue after the candidates that were settled', async () => {
    await org.attempt().call('syncUsers', await org.begin(), LIST_START);
    org.deleteUsers(120);
    const run = await org.begin();
    await org.attempt().call('syncUsers', run, LIST_START);
    const first = org.attempt();
    const failure = await first.cancelledWhen(({ after }: SweepCursor) => after !== '', 'sweep', run);
    assert(failure instanceof CancelledFailure, String(failure));
    assert.equal(org.calls['user'], 50);

    const second = org.attempt({ heartbeatDetails: first.heartbeats.at(-1) });
    const again = await second.cancelledWhen(
      ({ step, after }: SweepCursor) => step === 'confirm' && after !== '',
      'sweep',
      run,
    );
    assert(again instanceof CancelledFailure, String(again));
    assert.equal(org.calls['user'], 120 + 50);

    const third = org.attempt({ heartbeatDetails: second.heartbeats.at(-1) });
    assert.equal(await third.call('sweep', run), undefined);
    assert.equal(org.calls['user'], 120 + 120, 'each was asked for twice, and no more');
    assert.equal((await org.counted(run))['users_deleted'], 120);
  });
});
