import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { LIST_START } from '../../src/activities/lists';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

const GROUPS = 40;
/** After this number of consecutive failures, Okta is assumed to fail. */
const MAX_FAILURES = 10;
/** Requests at once. */
const PARALLEL = 10;

describe('One attempt at an activity', () => {
  let org: OrgUnderTest;
  /** Okta's clock. */
  let clockMs = Date.UTC(2026, 10, 24, 8);

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 1_200, groups: GROUPS, memberships: 6_000, now: () => clockMs });
  });
  afterEach(() => org.sim.faults.clear());
  after(() => org.stop());

  it('of a list begins where the heartbeat of the attempt before ended, whatever the workflow gave it', async () => {
    const run = await org.begin();
    const first = org.attempt({ chunkMs: 0 });
    const { cursor } = await first.call('syncUsers', run, LIST_START);
    assert(cursor?.next !== undefined, 'a chunk of no time must leave pages to read');
    org.sim.faults.set([
      { name: 'from the beginning', match: { path: /^(?!.*after=)/ }, action: { type: 'delay', delayMs: 0 } },
      { name: 'from a cursor', match: { path: 'after=' }, action: { type: 'delay', delayMs: 0 } },
    ]);
    const second = org.attempt({ heartbeatDetails: first.heartbeats.at(-1) });
    assert.deepEqual(await second.call('syncUsers', run, LIST_START), { seen: 1_200 });
    // Five pages, the last of which is full and asked for twice.
    assert.deepEqual(
      org.sim.faults.report().map(({ fired }) => fired),
      [0, 6],
    );
  });

  it('that fails before it has written anything has recorded what it asked of Okta', async () => {
    const run = await org.begin();
    org.sim.faults.set([
      { match: { route: 'users', nth: 1 }, action: { type: 'error', status: 503 } },
      { match: { route: 'users', after: 1 }, action: { type: 'error', status: 403, errorCode: 'E0000006' } },
    ]);
    const attempt = org.attempt();
    const failure = await attempt.failure(attempt.call('syncUsers', run, LIST_START));
    assert(failure instanceof ApplicationFailure && failure.type === 'OKTA_FORBIDDEN', String(failure));
    const { okta_requests_users: requests, okta_retries: retries } = await org.counted(run);
    assert.deepEqual([requests, retries], [2, 1]);
    assert.equal(org.calls['users'], 2);
  });

  it('ends after ten groups that failed in a row, and reports them', async () => {
    const run = await org.begin();
    await org.lists(run);
    org.sim.faults.set([{ match: { route: 'members' }, action: { type: 'html', status: 502 } }]);
    const attempt = org.attempt();
    const failure = await attempt.failure(attempt.call('syncMemberships', run));
    assert(failure instanceof ApplicationFailure, 'groups that fail are no end of the work list');
    assert.deepEqual([failure.type, failure.nonRetryable], ['OKTA_SERVER_ERROR', false]);
    assert.match(failure.message, /^1\d consecutive groups failed\. /);
    const failed = Number((await org.counted(run))['memberships_groups_failed']);
    assert(failed >= MAX_FAILURES && failed < MAX_FAILURES + PARALLEL, `${failed} groups failed`);

    // A success in between, and they are the groups' own.
    org.sim.faults.set([
      { match: { route: 'members', probability: 0.1 }, action: { type: 'html', status: 502 } },
    ]);
    assert.equal((await org.attempt().call('syncMemberships', run)).done, true);
  });

  it('dates a list by its first page', async () => {
    const run = await org.begin();
    const startedMs = clockMs;
    const ticking = setInterval(() => (clockMs += 10_000), 1);
    try {
      org.sim.settings.latencyMs = 20;
      await org.attempt().call('syncUsers', run, LIST_START);
    } finally {
      clearInterval(ticking);
      org.sim.settings.latencyMs = 0;
    }
    assert(clockMs - startedMs > 6 * 20_000, 'the clock went on');
    const [row] = await org.db.read<{ asOf: number }>(
      'MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.users_as_of.epochMillis AS asOf',
      { domain: run.domain, id: run.id },
    );
    const first = startedMs + (clockMs - startedMs) / 3;
    assert((row?.asOf ?? Infinity) < first, `${row?.asOf} is not of the first of six pages`);
  });

  it("dates a group's members by their first page", async () => {
    const run = await org.begin();
    await org.lists(run);
    const everyone = org.sim.org.everyone.id;
    // Everyone comes in two pages; a day passes before the second.
    const firstMs = clockMs;
    org.sim.faults.set([
      { match: { route: 'members', path: `${everyone}*after=` }, action: { type: 'delay', delayMs: 200 } },
    ]);
    const watch = setInterval(() => {
      if (org.sim.faults.report()[0]?.fired === 1 && clockMs === firstMs) clockMs += 86_400_000;
    }, 5);
    await org.attempt().call('syncMemberships', run);
    clearInterval(watch);
    assert.equal(clockMs, firstMs + 86_400_000);
    const [row] = await org.db.read<{ asOf: number }>(
      'MATCH (g:Group {okta_domain: $domain, id: $id}) RETURN g.memberships_as_of.epochMillis AS asOf',
      { domain: run.domain, id: everyone },
    );
    assert.equal(row?.asOf, Math.floor(firstMs / 1000) * 1000);
  });
});
