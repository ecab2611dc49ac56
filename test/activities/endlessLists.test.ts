import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { LIST_START, type ListChunk, type ListCursor } from '../../src/activities/lists';
import { MAX_IDLE_PAGES, MAX_MALFORMED_PAGES } from '../../src/activities/trail';
import type { Run } from '../../src/graph/write/run';
import type { FaultRule } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

/** In pages of 25, the smallest that are asked for, they are more than may bring nothing new. */
const USER_PAGES = 7;
/** Pages that are read before those before them are written, and those that are being written. */
const MAX_UNWRITTEN = 8;

const ENDLESS = ['empty', 'again'] as const;
const SEARCH = encodeURIComponent('lastUpdated gt "1970-01-01T00:00:00.000Z"');
const EXPIRED: FaultRule['action'] = { type: 'error', status: 400, errorCode: 'E0000001' };

describe('A list that does not end', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: USER_PAGES * 200, groups: 30, memberships: 1_500 });
  });
  afterEach(() => org.sim.faults.clear());
  after(() => org.stop());

  const endlessly = (pages: (typeof ENDLESS)[number], match: FaultRule['match']): FaultRule => ({
    match,
    action: { type: 'endless', pages },
  });

  /** Reads the user list in chunks of one batch until it ends, or fails. */
  async function chunks(
    run: Run,
    between: (cursor: ListCursor) => ListCursor = (cursor) => cursor,
  ): Promise<{ failure: unknown; count: number }> {
    let count = 0;
    for (let cursor: ListCursor | undefined = LIST_START; cursor; count += 1) {
      assert(count < 100, 'it does not end');
      const attempt = org.attempt({ chunkMs: 0 });
      let chunk: ListChunk | undefined;
      const failure = await attempt.failure(
        attempt.call('syncUsers', run, cursor).then((done) => (chunk = done)),
      );
      if (failure) return { failure, count };
      cursor = chunk?.cursor && between(chunk.cursor);
    }
    return { failure: undefined, count };
  }

  function assertEndless(failure: unknown): void {
    assert(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'OKTA_ENDLESS_LIST');
    assert.equal(failure.nonRetryable, true);
    assert.match(failure.message, /without new items.*Reading the list was stopped/);
  }

  for (const pages of ENDLESS) {
    it(`with ${pages} pages is stopped within one chunk`, async () => {
      const run = await org.begin();
      org.sim.faults.set([endlessly(pages, { route: 'users' })]);
      const attempt = org.attempt();
      assertEndless(await attempt.failure(attempt.call('syncUsers', run, LIST_START)));
      const max = USER_PAGES + MAX_IDLE_PAGES + 2 * MAX_UNWRITTEN;
      assert((org.calls['users'] ?? 0) <= max, `${org.calls['users']} of ${max} pages`);
      assert.equal((await org.counted(run))['users_seen'], USER_PAGES * 200);
    });

    it(`with ${pages} pages is stopped over chunks, whose cursors go through the workflow as JSON`, async () => {
      const run = await org.begin();
      org.sim.faults.set([endlessly(pages, { route: 'users' })]);
      const { failure, count } = await chunks(
        run,
        (cursor) => JSON.parse(JSON.stringify(cursor)) as ListCursor,
      );
      assertEndless(failure);
      assert.equal(count, USER_PAGES + MAX_IDLE_PAGES - 1, 'a chunk has one page');
    });

    it(`with ${pages} pages is stopped over attempts, which go on from the heartbeat`, async () => {
      const run = await org.begin();
      org.sim.faults.set([endlessly(pages, { route: 'users' })]);
      let heartbeatDetails: unknown;
      let failure: unknown;
      let attempts = 0;
      do {
        const attempt = org.attempt({ heartbeatDetails });
        // Each attempt is cut after its first two heartbeats.
        failure = await attempt.cancelledWhen(
          () => attempt.heartbeats.length > 1,
          'syncUsers',
          run,
          LIST_START,
        );
        heartbeatDetails = attempt.heartbeats.at(-1) ?? heartbeatDetails;
        attempts += 1;
        assert(attempts < 100, 'it does not end');
      } while (!(failure instanceof ApplicationFailure));
      assertEndless(failure);
      assert(attempts > 2, `${attempts} attempts`);
    });
  }

  it('is not one that has some empty pages in the middle', async () => {
    const run = await org.begin();
    org.sim.faults.set([{ match: { route: 'users', after: 1, times: 30 }, action: { type: 'emptyPage' } }]);
    const chunk = await org.attempt().call('syncUsers', run, LIST_START);
    assert.deepEqual(chunk, { seen: USER_PAGES * 200 });
    assert.equal(org.calls['users'], USER_PAGES + 30 + 1, 'the last page, which is full, twice');
  });

  describe('is not one that begins with many pages of malformed items', () => {
    const MANY = MAX_IDLE_PAGES + 20;
    /** Pages that lead from one to the next, and to the list's beginning. */
    const malformedPages = (item: (page: number) => unknown): FaultRule[] =>
      Array.from({ length: MANY }, (_, page) => ({
        match: { route: 'users', nth: page + 1 },
        action: {
          type: 'error',
          status: 200,
          body: [item(page)] as never,
          headers: {
            Link: `<${org.sim.origin}/api/v1/users?limit=200&search=${SEARCH}&page=${page}>; rel="next"`,
          },
        },
      }));

    for (const [what, item] of [
      ['with ids', (page: number) => ({ id: `00u${page}` })],
      ['without an id', (page: number) => ({ profile: { firstName: String(page) } })],
    ] as const) {
      for (const chunkMs of [0, 60_000]) {
        it(`${what}, in chunks of ${chunkMs} ms`, async () => {
          const run = await org.begin();
          org.sim.faults.set(malformedPages(item));
          let cursor: ListCursor | undefined = LIST_START;
          while (cursor) ({ cursor } = await org.attempt({ chunkMs }).call('syncUsers', run, cursor));
          const { users_seen: seen, users_listed: listed } = await org.counted(run);
          assert.deepEqual([seen, listed], [USER_PAGES * 200, true]);
        });
      }
    }

    it('unless they are the same ones again', async () => {
      const run = await org.begin();
      org.sim.faults.set(malformedPages((page) => ({ id: `00u${page % 2}` })));
      const attempt = org.attempt();
      assertEndless(await attempt.failure(attempt.call('syncUsers', run, LIST_START)));
    });

    it('unless there are more than a list can have', async () => {
      const run = await org.begin();
      org.sim.faults.set(malformedPages((page) => ({ id: `00u${page}` })));
      const from = { ...LIST_START, malformedPages: MAX_MALFORMED_PAGES };
      const attempt = org.attempt();
      assertEndless(await attempt.failure(attempt.call('syncUsers', run, from)));
    });
  });

  it('is not one that began again, in small pages, since its cursor had expired', async () => {
    const run = await org.begin();
    await org.attempt().call('syncUsers', run, LIST_START);
    org.sim.faults.set([
      { match: { route: 'users', path: 'after=', nth: 1 }, action: EXPIRED },
      { match: { route: 'users', limitOver: 25 }, action: { type: 'error', status: 500 } },
    ]);
    const from = { next: '/api/v1/users?limit=200&after=expired', seen: USER_PAGES * 200, restarts: 0 };
    assert.deepEqual(await org.attempt().call('syncUsers', run, from), { seen: USER_PAGES * 200 });
    assert.equal(org.sim.faults.report()[0]?.fired, 1);
  });

  it('is not one that a later run has passed by, at any point', async () => {
    const run = await org.begin();
    const later = await org.begin();
    await org.attempt({ chunkMs: 0 }).call('syncUsers', later, LIST_START);
    const { cursor } = await org.attempt({ chunkMs: 0 }).call('syncUsers', run, LIST_START);
    assert(cursor);
    await org.attempt().call('syncUsers', later, LIST_START);
    org.sim.faults.set([
      { match: { route: 'users', limitOver: 50 }, action: { type: 'error', status: 500 } },
    ]);
    assert.deepEqual(await org.attempt().call('syncUsers', run, cursor), { seen: USER_PAGES * 200 });
  });

  for (const isClosed of [true, false]) {
    it(`is stopped too where a later run that ${isClosed ? 'is closed' : 'is in progress'} has passed it by`, async () => {
      const run = await org.begin();
      const later = await org.begin();
      await org.attempt().call('syncUsers', later, LIST_START);
      if (isClosed) await org.attempt().call('endRun', later);
      org.sim.faults.set([endlessly('again', { route: 'users' })]);
      const { failure, count } = await chunks(run);
      assertEndless(failure);
      assert.equal(count, USER_PAGES + MAX_IDLE_PAGES - 1, 'a chunk has one page');
    });
  }

  for (const pages of ENDLESS) {
    it(`with ${pages} pages of members fails its group alone, after as many pages`, async () => {
      const run = await org.begin();
      await org.lists(run);
      const everyone = org.sim.org.everyone.id;
      org.sim.faults.set([endlessly(pages, { route: 'members', path: everyone })]);
      const chunk = await org.attempt().call('syncMemberships', run);
      assert.deepEqual(chunk, { done: true, groupsDone: 30, groupsTotal: 30 });
      const [rule] = org.sim.faults.report();
      assert.equal(rule?.fired, Math.ceil((USER_PAGES * 200) / 1000) + MAX_IDLE_PAGES);
      const { warnings, memberships_groups_failed: failed } = await org.counted(run);
      assert.equal(failed, 1);
      const reported = (warnings as string[]).filter((warning) => warning.includes('GROUP_FAILED'));
      assert.equal(reported.length, 1);
      assert.match(reported[0] ?? '', new RegExp(`without new items.*"groupId":"${everyone}"`));
    });
  }
});
