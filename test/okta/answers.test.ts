import assert from 'node:assert/strict';
import { meaningOf, REPETITIONS } from '../../src/okta/answers';
import type { OktaApi } from '../../src/okta/org';
import { startSimulator, type FaultRule, type Simulator } from '../../src/simulator';
import { newApp } from '../../dev/lab/org/serviceApp';
import { apiFor, appApi, assertFails, idsOf, newContext, pagesOf, TOKEN } from './support/api';
import { shortenPauses } from './support/pauses';

type Action = FaultRule['action'];

const APP = newApp();
const INVALID_SESSION: Action = {
  type: 'error',
  status: 403,
  errorCode: 'E0000005',
  errorSummary: 'Invalid session',
};
const INVALID_TOKEN: Action = { type: 'error', status: 401, errorCode: 'E0000011' };
const NO_PERMISSION: Action = { type: 'error', status: 403, errorCode: 'E0000006' };

const WAYS: readonly { way: string; open: (domain: string) => OktaApi; isApp: boolean }[] = [
  { way: 'an API token', open: (domain) => apiFor(domain), isApp: false },
  { way: 'a service app', open: (domain) => appApi(domain, APP.privateKey), isApp: true },
];

for (const { way, open, isApp } of WAYS) {
  describe(`an answer that passes, with ${way},`, () => {
    const { askedForMs } = shortenPauses();
    let simulator: Simulator;
    let api: OktaApi;

    before(async () => {
      simulator = await startSimulator({
        users: 450,
        groups: 12,
        awkward: false,
        token: TOKEN,
        app: APP.app,
      });
      api = open(simulator.domain);
      await api.users(undefined, newContext());
    });
    beforeEach(() => simulator.stats.reset());
    afterEach(() => simulator.faults.clear());
    after(async () => {
      api.close();
      await simulator.close();
    });

    const tokens = (): number => simulator.stats.snapshot().byRoute.token ?? 0;
    const everyone = (): string => simulator.org.everyone.id;
    const aUser = (): string => [...simulator.org.truth().users()][7]?.id ?? '';

    /** Each read, the call of it that fails, and what it is to find all the same. */
    const READS: readonly {
      what: string;
      match: () => FaultRule['match'];
      read: () => Promise<number>;
      finds: () => number;
    }[] = [
      {
        what: 'the second page of users',
        match: () => ({ route: 'users', nth: 2 }),
        read: async () => new Set(idsOf(await pagesOf((cursor) => api.users(cursor, newContext())))).size,
        finds: () => 450,
      },
      {
        what: 'the group list',
        match: () => ({ route: 'groups', nth: 1 }),
        read: async () => new Set(idsOf(await pagesOf((cursor) => api.groups(cursor, newContext())))).size,
        finds: () => 12,
      },
      {
        what: "one group's members",
        match: () => ({ route: 'members', path: everyone(), nth: 1 }),
        read: async () =>
          new Set(idsOf(await pagesOf((cursor) => api.members(everyone(), cursor, newContext())))).size,
        finds: () => 450,
      },
      {
        what: 'a user by id',
        match: () => ({ route: 'user', nth: 1 }),
        read: async () => ((await api.user(aUser(), newContext())) ? 1 : 0),
        finds: () => 1,
      },
      {
        what: 'a group by id',
        match: () => ({ route: 'group', nth: 1 }),
        read: async () => ((await api.group(everyone(), newContext())) ? 1 : 0),
        finds: () => 1,
      },
    ];

    const PASSING: readonly { what: string; action: Action }[] = [
      { what: '403 E0000005', action: INVALID_SESSION },
      { what: '401 E0000011', action: INVALID_TOKEN },
      { what: '408', action: { type: 'error', status: 408 } },
      { what: '408 without a body', action: { type: 'noBody', status: 408 } },
      { what: '202 and []', action: { type: 'error', status: 202, body: [] } },
      { what: '204', action: { type: 'noBody', status: 204 } },
      ...[400, 401, 403, 404, 410].map((status) => ({
        what: `${status} in HTML`,
        action: { type: 'html', status } as const,
      })),
      { what: '404 without a body', action: { type: 'noBody', status: 404 } },
      {
        what: 'JSON of a gateway with 404',
        action: { type: 'error', status: 404, body: { message: 'no Route' } },
      },
      { what: 'a redirect', action: { type: 'redirect', location: 'https://maintenance.example/' } },
    ];
    for (const { what, action } of PASSING) {
      for (const { what: list, match, read, finds } of READS) {
        it(`${what} once on ${list} is asked again, after a pause`, async () => {
          simulator.faults.set([{ match: match(), action }]);
          assert.equal(await read(), finds());
          assert.deepEqual(
            simulator.faults.report().map(({ fired }) => fired),
            [1],
          );
          // A service app that is refused with 401 has something new to try at once.
          if (!(isApp && action === INVALID_TOKEN)) assert.equal(askedForMs.length, 1);
          const renews = isApp && (action === INVALID_SESSION || action === INVALID_TOKEN);
          assert.equal(tokens(), renews ? 1 : 0, 'access tokens asked for');
        });
      }
    }

    const NOT_FOUND: Action = { type: 'error', status: 404, errorCode: 'E0000007' };
    const BAD_REQUEST: Action = { type: 'error', status: 400, errorCode: 'E0000001' };
    const organization = {
      what: "the org's own document",
      match: () => ({ route: 'organization', nth: 1 }) as const,
      read: async () => ((await api.organizationId(newContext())) === simulator.org.id ? 1 : 0),
      finds: () => 1,
    };
    const LISTS: typeof READS = [
      {
        what: 'the first page of users',
        match: () => ({ route: 'users', nth: 1 }),
        read: async () => (await api.users(undefined, newContext())).items.length,
        finds: () => 200,
      },
      ...READS.slice(0, 2),
      organization,
    ];
    for (const { what: list, match, read, finds } of LISTS) {
      for (const [what, action] of [
        ['404 E0000007', NOT_FOUND],
        ['400 E0000001', BAD_REQUEST],
      ] as const) {
        // It is said of the cursor, and the list begins again.
        if (list === 'the second page of users' && action === BAD_REQUEST) continue;
        it(`${what} once on ${list} is asked again, after a pause`, async () => {
          simulator.faults.set([{ match: match(), action }]);
          assert.equal(await read(), finds());
          assert.equal(simulator.faults.report()[0]?.fired, 1);
          assert.equal(askedForMs.length, 1);
        });
      }
    }

    const THRICE = [
      ['404 E0000007', NOT_FOUND, 'OKTA_NOT_FOUND'],
      ['400 E0000001', BAD_REQUEST, 'OKTA_BAD_REQUEST'],
    ] as const;
    for (const [what, action, code] of THRICE) {
      it(`${what} on a list is believed at the third time`, async () => {
        simulator.faults.set([{ match: { route: 'groups' }, action }]);
        const error = await assertFails(api.groups(undefined, newContext()), code);
        assert.equal(error.retryable, false);
        assert.equal(simulator.stats.snapshot().byRoute.groups, 3);
      });
    }

    it("404 E0000007 on a group's members is believed at once, on their second page too", async () => {
      simulator.faults.set([{ match: { route: 'members' }, action: NOT_FOUND }]);
      const second = `/api/v1/groups/${everyone()}/users?after=00u1&limit=200`;
      await assertFails(api.members(everyone(), undefined, newContext()), 'OKTA_NOT_FOUND');
      await assertFails(api.members(everyone(), second, newContext()), 'OKTA_NOT_FOUND');
      assert.equal(simulator.stats.snapshot().byRoute.members, 2);
      assert.deepEqual(askedForMs, []);
    });

    it('400 E0000001 on a page with a cursor is believed at once', async () => {
      simulator.faults.set([{ match: { route: 'users' }, action: BAD_REQUEST }]);
      const cursor = '/api/v1/users?after=00u1&limit=200';
      await assertFails(api.users(cursor, newContext()), 'OKTA_CURSOR_EXPIRED');
      assert.equal(simulator.stats.snapshot().byRoute.users, 1);
    });

    it('a good token that is refused twice in a row is tried twice more, about 2 and 5 s later', async () => {
      simulator.faults.set([{ match: { route: 'groups', times: 2 }, action: INVALID_SESSION }]);
      const { items } = await api.groups(undefined, newContext());
      assert.equal(items.length, 12);
      const [first = 0, second = 0, ...others] = askedForMs;
      assert.ok(first >= 1000 && first <= 3000, `${first} ms`);
      assert.ok(second >= 2500 && second <= 7500, `${second} ms`);
      assert.deepEqual(others, []);
      assert.equal(tokens(), isApp ? 2 : 0);
    });

    it('403 E0000005 that stays is believed at the third time, with advice that fits it', async () => {
      simulator.faults.set([{ match: { route: 'users' }, action: INVALID_SESSION }]);
      const error = await assertFails(api.users(undefined, newContext()), 'OKTA_FORBIDDEN');
      assert.equal(error.retryable, false);
      assert.equal(simulator.stats.snapshot().byRoute.users, 3);
      assert.match(
        error.message,
        /^Okta returned 403 E0000005 for GET \/api\/v1\/users\. .*session.*invalid/,
      );
      assert.doesNotMatch(error.message, /Read-only Administrator|scope/);
    });

    it('403 E0000006 is final at once', async () => {
      simulator.faults.set([{ match: { route: 'users' }, action: NO_PERMISSION }]);
      const error = await assertFails(api.users(undefined, newContext()), 'OKTA_FORBIDDEN');
      assert.match(error.message, /Read-only Administrator/);
      assert.equal(simulator.stats.snapshot().byRoute.users, 1);
      assert.deepEqual(askedForMs, []);
    });

    it('404 E0000007 for one id is an answer, not a failure', async () => {
      assert.equal(await api.user('00uGone', newContext()), undefined);
      assert.equal(simulator.stats.snapshot().byRoute.user, 1);
    });
  });
}

describe('a refused token request', () => {
  shortenPauses();

  const REFUSALS: readonly { what: string; action: Action }[] = [
    { what: '401 invalid_client', action: { type: 'error', status: 401, body: { error: 'invalid_client' } } },
    { what: '400 invalid_scope', action: { type: 'error', status: 400, body: { error: 'invalid_scope' } } },
    { what: '404 in HTML', action: { type: 'html', status: 404 } },
    { what: '403 in HTML', action: { type: 'html', status: 403 } },
    { what: '204', action: { type: 'noBody', status: 204 } },
    { what: '429', action: { type: 'error', status: 429, errorCode: 'E0000047' } },
  ];
  for (const { what, action } of REFUSALS) {
    it(`with ${what} is made again before it is believed`, async () => {
      const simulator = await startSimulator({ users: 5, awkward: false, app: APP.app });
      const api = appApi(simulator.domain, APP.privateKey);
      simulator.faults.set([{ match: { route: 'token', times: 2 }, action }]);
      assert.equal((await api.users(undefined, newContext())).items.length, 5);
      assert.equal(simulator.stats.snapshot().byRoute.token, 3);
      api.close();
      await simulator.close();
    });
  }
});

describe('the table of answers', () => {
  it('has a row for whatever may come, and believes none but Okta at once', () => {
    for (let status = 200; status < 600; status += 1) {
      const { repeat } = meaningOf({ status, code: undefined, isFromOkta: false });
      assert.ok(REPETITIONS[repeat].attempts >= 3, `${status} is ${repeat}`);
    }
  });

  it('repeats a doubtful refusal for no longer than about ten seconds', () => {
    const { attempts, pauses } = REPETITIONS.withNewCredentials;
    assert.equal(attempts, pauses.length + 1);
    assert.equal(pauses.reduce((sum, each) => sum + each, 0) * 500, 7_000);
  });
});
