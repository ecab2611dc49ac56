import assert from 'node:assert/strict';
import { readGroup } from '../../src/okta/group';
import { apiFor, assertFails, idsOf, newContext, pagesOf, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';
import { withServer } from './support/server';

describe('the lists of an Okta org', () => {
  shortenPauses();

  for (const linkForm of ['lines', 'merged'] as const) {
    it(`are read whole, with Link as ${linkForm}`, async () => {
      await withOrg({ users: 450, groups: 230, memberships: 3000, linkForm }, async (api, { org, stats }) => {
        const context = newContext();
        const users = await pagesOf((cursor) => api.users(cursor, context));
        const groups = await pagesOf((cursor) => api.groups(cursor, context));
        const truth = org.truth();
        assert.deepEqual(idsOf(users).sort(), [...truth.users()].map(({ id }) => id).sort());
        assert.deepEqual(idsOf(groups).sort(), [...truth.groups()].map(({ id }) => id).sort());
        assert.deepEqual([users.length, groups.length], [3, 2]);
        assert.deepEqual(context.usage, {
          requests: { users: 3, user: 0, groups: 2, group: 0, apps: 0, iam: 0, logs: 0, other: 0 },
          rateLimited: 0,
          waitedMs: 0,
          retries: 0,
        });
        assert.equal(stats.snapshot().calls, 5);
      });
    });
  }

  it('hold users of every status, the DEPROVISIONED too', async () => {
    await withOrg({ users: 300 }, async (api, { org }) => {
      const [first] = await pagesOf((cursor) => api.users(cursor, newContext()));
      const statuses = new Set(first?.items.map(({ value }) => (value as { status: string }).status));
      assert.ok(statuses.has('DEPROVISIONED'), [...statuses].join());
      assert.equal(org.truth().counts.users, 300);
    });
  });

  it('hold only the users updated at or after a time, when asked so', async () => {
    await withOrg({ users: 50 }, async (api, { org }) => {
      const [renamed = ''] = [...org.truth().users()].map(({ id }) => id);
      org.renameUser(renamed);
      const updatedMs = Date.parse(
        [...org.truth().users()].find(({ id }) => id === renamed)?.lastUpdated ?? '',
      );
      const since = async (ms: number) =>
        idsOf(await pagesOf((cursor) => api.users(cursor, newContext(), ms)));
      assert.deepEqual(await since(updatedMs), [renamed]);
      assert.deepEqual(await since(updatedMs + 1), []);
    });
  });

  it('hold only the groups that changed after a time, and the built-in ones, when asked so', async () => {
    await withOrg({ users: 50, groups: 300, memberships: 600 }, async (api, { org }) => {
      const startMs = Date.now() - 1_000;
      const [everyone = '', renamed = '', joined = ''] = [...org.truth().groups()].map(({ id }) => id);
      org.renameGroup(renamed);
      const users = [...org.truth().users()].map(({ id }) => id);
      assert.ok(users.some((user) => org.addMembership(joined, user)));
      const since = async (ms: number) =>
        idsOf(await pagesOf((cursor) => api.groups(cursor, newContext(), ms)));
      assert.deepEqual(await since(startMs), [everyone, renamed, joined]);
      assert.deepEqual(await since(Date.now() + 60_000), [everyone]);
      assert.equal((await since(0)).length, 300);
    });
  });

  it('give every member of a large group', async () => {
    await withOrg({ users: 2300, groups: 3 }, async (api, { org }) => {
      const pages = await pagesOf((cursor) => api.members(org.everyone.id, cursor, newContext()));
      assert.deepEqual(
        pages.map(({ items }) => items.length),
        [1000, 1000, 300],
      );
      assert.equal(new Set(idsOf(pages)).size, 2300);
    });
  });

  it('count the members of each group, on every page', async () => {
    await withOrg({ users: 100, groups: 230 }, async (api, { org }) => {
      const pages = await pagesOf((cursor) => api.groups(cursor, newContext()));
      const counted = pages.flatMap(({ items }) => items.map(({ value }) => readGroup(value)));
      const truth = new Map([...org.truth().groups()].map(({ id, usersCount }) => [id, usersCount]));
      assert.deepEqual(
        new Map(counted.map((group) => [group.id, 'usersCount' in group && group.usersCount])),
        truth,
      );
    });
  });

  it('ask for the counts again when the next link has lost them', async () => {
    const next = '/api/v1/groups?after=00g1&limit=200';
    await withServer(
      (_, nth, origin) => (nth === 1 ? { headers: { Link: `<${origin}${next}>; rel="next"` } } : {}),
      async ({ domain, calls }) => {
        const api = apiFor(domain);
        await pagesOf((cursor) => api.groups(cursor, newContext()));
        assert.deepEqual(
          calls.map(({ path }) => path),
          ['/api/v1/groups?limit=200&expand=stats', `${next}&expand=stats`],
        );
        api.close();
      },
    );
  });

  it("have the time of Okta's clock, not of this machine", async () => {
    await withOrg({ users: 5, clockSkewMs: -240_000 }, async (api) => {
      const { dateMs } = await api.users(undefined, newContext());
      assert.ok(
        Math.abs(dateMs - (Date.now() - 240_000)) < 60_000,
        `it is dated ${new Date(dateMs).toISOString()}`,
      );
    });
  });

  it('are not at their end with an empty page that has a next link', async () => {
    await withOrg({ users: 250 }, async (api, { faults }) => {
      faults.set([{ match: { route: 'users', nth: 2 }, action: { type: 'emptyPage' } }]);
      const pages = await pagesOf((cursor) => api.users(cursor, newContext()));
      assert.deepEqual(
        pages.map(({ items }) => items.length),
        [200, 0, 50],
      );
    });
  });

  it('are stopped where a page names itself as the next', async () => {
    const path = '/api/v1/users?after=00u1&limit=200';
    await withServer(
      (_, __, origin) => ({ headers: { Link: `<${origin}${path}>; rel="next"` } }),
      async ({ domain, calls }) => {
        const api = apiFor(domain);
        const { next } = await api.users(undefined, newContext());
        assert.equal(next, path);
        await assertFails(api.users(next, newContext()), 'OKTA_REPEATED_LINK');
        assert.equal(calls.length, 2, 'no retry');
        api.close();
      },
    );
  });

  it('are refused where they are no lists', async () => {
    await withServer(
      () => ({ body: { users: [] } }),
      async ({ domain, calls }) => {
        const api = apiFor(domain);
        await assertFails(api.members('00g1', undefined, newContext()), 'OKTA_UNREADABLE_ANSWER');
        assert.equal(calls.length, 5);
        api.close();
      },
    );
  });
});
