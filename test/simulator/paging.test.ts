import assert from 'node:assert/strict';
import type { OktaUser } from '../../src/simulator';
import { ALL_USERS, assertOktaError, call, listAll, nextOf, withSimulator } from './httpClient';

describe('paging of the simulated org', () => {
  it('neither skips nor repeats items that exist during the whole listing, despite other changes', async () => {
    await withSimulator({ users: 1_000, groups: 40 }, async (simulator) => {
      const { org } = simulator;
      const members = `/api/v1/groups/${org.everyone.id}/users`;
      for (const path of [`${ALL_USERS}&limit=37`, '/api/v1/groups?limit=3', `${members}?limit=37`]) {
        const kept = new Set<string>([...org.truth().users(), ...org.truth().groups()].map(({ id }) => id));
        const listed = await listAll<{ id: string }>(simulator, path, (_, number) => {
          org.churn({ seed: number, addUsers: 3, deleteUsers: 3, addGroups: 1, deleteGroups: 1 });
        });
        const now = new Set<string>([...org.truth().users(), ...org.truth().groups()].map(({ id }) => id));
        const ids = listed.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
        const kind = ids[0]?.slice(0, 3) ?? '';
        for (const id of kept)
          if (now.has(id) && id.startsWith(kind)) assert.ok(ids.includes(id), `${id} was skipped`);
      }
    });
  });

  it('alternates between several Link lines and one merged line', async () => {
    await withSimulator({ users: 1_000 }, async (simulator) => {
      const lines = [];
      for (let i = 0; i < 4; i++) lines.push((await call(simulator, ALL_USERS)).linkLines.length);
      assert.deepEqual(lines, [2, 1, 2, 1]);
    });
  });

  it('uses one form of Link if configured', async () => {
    for (const [linkForm, count] of [
      ['lines', 2],
      ['merged', 1],
    ] as const) {
      await withSimulator({ users: 300, linkForm }, async (simulator) => {
        const first = await call<OktaUser[]>(simulator, ALL_USERS);
        const next = nextOf(first);
        assert.ok(next);
        const last = await call<OktaUser[]>(simulator, next);
        assert.equal(first.linkLines.length, count);
        assert.equal(last.linkLines.length, 1);
        assert.match(last.linkLines.join(), /^<[^>]*>; rel="self"$/);
      });
    }
  });

  it('rejects a cursor of another list and an invalid one', async () => {
    await withSimulator({ users: 300, groups: 30 }, async (simulator) => {
      const cursor = new URL(nextOf(await call(simulator, ALL_USERS)) ?? '').searchParams.get('after') ?? '';
      assertOktaError(await call(simulator, `/api/v1/groups?after=${cursor}`), 400, 'E0000001');
      assertOktaError(await call(simulator, '/api/v1/users?after=00u123'), 400, 'E0000001');
    });
  });

  it('rejects an expired cursor', async () => {
    let nowMs = Date.UTC(2026, 0, 15);
    await withSimulator({ users: 300, cursorTtlMs: 60_000, now: () => nowMs }, async (simulator) => {
      const next = nextOf(await call(simulator, ALL_USERS)) ?? '';
      nowMs += 60_000;
      assert.equal((await call(simulator, next)).status, 200);
      nowMs += 1;
      assertOktaError(await call(simulator, next), 400, 'E0000001');
    });
  });
});
