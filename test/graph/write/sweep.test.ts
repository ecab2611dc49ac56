import assert from 'node:assert/strict';
import type { NodeLabel } from '../../../src/contract';
import type { Run } from '../../../src/graph/write/run';
import { endRun } from '../../../src/graph/write/runs';
import {
  candidatesAfter,
  deniedOnce,
  msUntilRipe,
  settleCandidates,
  sweepCandidates,
  withhold,
  type CheckResults,
} from '../../../src/graph/write/sweep';
import { approveAll } from '../../../dev/lab/org/approval';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from '../support/members';
import { denyOnce, removeAll, removeDenied } from '../support/removal';
import { group, user } from '../support/rows';

describe('the sweep', () => {
  const graph = useGraph();
  const members = new Members(graph);
  let run: Run;

  /** Nodes that run 1 has seen; run 2 is the one that sweeps. */
  const seen = (label: NodeLabel, by: number, ...ids: string[]) =>
    graph.set(`UNWIND $ids AS id CREATE (:${label} {okta_domain: $domain, id: id, last_seen_run: ${by}})`, {
      ids,
    });
  const note = (properties: string) =>
    graph.set(`MATCH (r:SyncRun {okta_domain: $domain, number: ${run.number}}) SET r += {${properties}}`);
  const candidates = async (label: NodeLabel, after = '', atMost = 100) =>
    (await sweepCandidates(graph.db, run, label, { after, atMost, gapMs: 0 })).map(({ id }) => id);
  const isRipe = async (label: NodeLabel, gapMs: number) =>
    (await sweepCandidates(graph.db, run, label, { after: '', atMost: 1, gapMs }))[0]?.isRipe;
  const remove = (label: NodeLabel, ids: readonly string[], maxDeletePercent = 100) =>
    removeDenied(graph, run, label, ids, { asOfMs: AS_OF, maxDeletePercent });
  const settle = (label: NodeLabel, results: Partial<CheckResults>, maxDeletePercent = 100) =>
    settleCandidates(
      graph.writer(run),
      label,
      { denied: [], alive: [], unconfirmed: [], asOfMs: AS_OF, ...results },
      { maxDeletePercent },
    );
  const ids = (label: NodeLabel) =>
    graph.value<string[]>(
      `OPTIONAL MATCH (n:${label} {okta_domain: $domain}) WITH n.id AS id ORDER BY id RETURN collect(id) AS value`,
    );

  async function begin(full = true, allowDeletes = false): Promise<void> {
    await graph.begin();
    run = await (full
      ? graph.begin(allowDeletes ? await approveAll(graph.db, graph.domain) : {})
      : graph.beginIncremental());
    await note('users_listed: true, users_seen: 9, groups_listed: true, groups_seen: 9');
  }

  describe('after whole lists', () => {
    for (const [label, list] of [
      ['User', 'users'],
      ['Group', 'groups'],
    ] as const) {
      it(`suspects ${list} of this org that the run has not seen, in order and in portions`, async () => {
        await seen(label, 1, 'c', 'a', 'e');
        await begin();
        await seen(label, 2, 'b');
        await seen(label, 3, 'd');
        await graph.set(`CREATE (:${label} {okta_domain: $other, id: 'x', last_seen_run: 1})`, {
          other: graph.newDomain(),
        });
        assert.deepEqual(await candidates(label), ['a', 'c', 'e']);
        assert.deepEqual(await candidates(label, '', 2), ['a', 'c']);
        assert.deepEqual(await candidates(label, 'c', 2), ['e']);
        assert.deepEqual(await candidates(label, 'e'), []);
      });

      it(`suspects no ${list} while their list was not read to its end`, async () => {
        await seen(label, 1, 'a');
        await begin();
        await note(`${list}_listed: false`);
        assert.deepEqual(await candidates(label), []);
      });

      it(`suspects no ${list} when their list was empty: a token without a right reads an empty org`, async () => {
        await seen(label, 1, 'a');
        await begin();
        await note(`${list}_seen: 0`);
        assert.deepEqual(await candidates(label), []);
      });
    }
  });

  it('suspects groups after an incremental run that has listed all of them', async () => {
    await seen('Group', 1, 'a');
    await begin(false);
    assert.deepEqual([await candidates('Group'), await candidates('User')], [['a'], []]);
  });

  it('suspects users after an incremental run that has listed all of them', async () => {
    await seen('User', 1, 'a');
    await graph.begin();
    const spread = { intervalMs: 7_200_000 };
    await graph.set(
      "MATCH (o:OktaOrg {domain: $domain}) SET o.users_watermark = datetime('2026-01-01T00:00:00Z'), o.last_full_at = datetime('2026-01-01T00:00:00Z')",
    );
    run = await graph.begin({ mode: 'auto', spread });
    await note('users_listed: true, users_seen: 9');
    assert.deepEqual([run.mode, await candidates('User')], ['incremental', ['a']]);
  });

  it('suspects no groups after a run that has listed only changed ones', async () => {
    await seen('Group', 1, 'a');
    await begin(false);
    await note("groups_changed_since: datetime('2026-01-01T00:00:00Z')");
    assert.deepEqual(await candidates('Group'), []);
  });

  describe('of users that Everyone does not have', () => {
    /** Everyone as run 2 reads it: without some of the users that the graph has in it. */
    async function readEveryone(listed: readonly string[]): Promise<void> {
      const [everyone] = await members.claim(run);
      assert.ok(everyone);
      await members.write(run, [everyone], { everyone: listed }, { proven: ['everyone'] });
    }
    const next = async () => {
      await endRun(graph.db, run);
      run = await graph.beginIncremental();
      await graph.set(
        `MATCH (g:Group {okta_domain: $domain}) SET g.last_seen_run = ${run.number}, g.memberships_as_of = null`,
      );
    };
    beforeEach(async () => {
      await members.group('everyone', 2, "type: 'BUILT_IN'");
      await members.users('a', 'b', 'c');
      await members.edges('everyone', 'a', 'b', 'c');
    });

    for (const full of [true, false]) {
      it(`suspects those that have left it, after ${full ? 'a full' : 'an incremental'} run`, async () => {
        await begin(full);
        await note('users_listed: false');
        assert.deepEqual(await candidates('User'), []);
        await readEveryone(['a']);
        assert.deepEqual(await candidates('User'), ['b', 'c']);
        assert.deepEqual(await candidates('User', 'b'), ['c']);
      });
    }

    it('does not suspect those that have left any other group', async () => {
      await graph.set("MATCH (g:Group {okta_domain: $domain}) SET g.type = 'OKTA_GROUP'");
      await begin(false);
      await readEveryone(['a']);
      assert.deepEqual(await candidates('User'), []);
    });

    it('suspects them in the next run too, until Okta has answered for each', async () => {
      await begin(false);
      await readEveryone(['a']);
      await next();
      assert.deepEqual(await candidates('User'), ['b', 'c']);
      await remove('User', ['b']);
      await settle('User', { unconfirmed: ['c'] });
      await next();
      assert.deepEqual(await candidates('User'), ['c']);
      await settle('User', { alive: [user('c')] });
      await next();
      assert.deepEqual(await candidates('User'), []);
    });

    it('suspects those that were listed but never came in, once its members were read, and once only', async () => {
      await begin(false);
      await seen('User', 2, 'ghost');
      assert.deepEqual(await candidates('User'), []);
      await readEveryone(['a', 'b', 'c']);
      assert.deepEqual(await candidates('User'), ['ghost']);
      await next();
      await readEveryone(['a', 'b', 'c']);
      assert.deepEqual(await candidates('User'), []);
    });

    it('does not ask for every user when the token does not see Everyone', async () => {
      await graph.set("MATCH (g:Group {okta_domain: $domain}) SET g.type = 'OKTA_GROUP'");
      await begin(false);
      await readEveryone(['a', 'b', 'c']);
      assert.deepEqual(await candidates('User'), []);
    });

    it('asks for no more than a thousand that no built-in group has, in all portions and attempts together', async () => {
      await graph.set(
        "UNWIND range(10000, 11499) AS i CREATE (:User {okta_domain: $domain, id: '00u' + i, last_seen_run: 9})",
      );
      await graph.set('MATCH (u:User {okta_domain: $domain}) WHERE size(u.id) = 1 DETACH DELETE u');
      await begin(false);
      await readEveryone([]);
      const asked: string[] = [];
      for (let ids = await candidates('User'); ids.length > 0; ids = await candidates('User', asked.at(-1))) {
        asked.push(...ids);
        await settle('User', { alive: ids.map((id) => user(id)) });
      }
      assert.deepEqual([asked.length, asked.at(-1)], [1000, '00u10999']);
      assert.deepEqual((await candidates('User'))[0], '00u10000', 'the same ones when it begins again');
    });
  });

  it('removes what Okta has confirmed as deleted, with its edges, and counts both', async () => {
    await seen('User', 1, 'a', 'b');
    await seen('Group', 1, 'g', 'h');
    await graph.set(
      `MATCH (u:User {okta_domain: $domain}), (g:Group {okta_domain: $domain}) CREATE (u)-[:MEMBER_OF]->(g)`,
    );
    await begin();
    await remove('User', ['a']);
    await remove('Group', ['h', 'not there']);
    assert.deepEqual([await ids('User'), await ids('Group')], [['b'], ['g']]);
    const counted = await graph.syncRun(run);
    assert.deepEqual(
      ['users_deleted', 'groups_deleted', 'memberships_removed'].map((name) => counted[name]),
      [1, 1, 3],
    );
  });

  it('does not remove the same id of another org', async () => {
    const other = graph.newDomain();
    await graph.set("CREATE (:User {okta_domain: $other, id: 'a'})", { other });
    await seen('User', 1, 'a');
    await begin();
    await remove('User', ['a']);
    assert.equal(
      await graph.value('MATCH (u:User {okta_domain: $other}) RETURN count(u) AS value', { other }),
      1,
    );
  });

  it('keeps what is there after all, brings it up to date and suspects it no more', async () => {
    await seen('User', 1, 'a', 'b');
    await seen('Group', 1, 'g');
    await begin();
    await settle('User', { alive: [user('a', { profile: { title: 'Analyst' } })] });
    await settle('Group', { alive: [group('g')] });
    const node = await graph.node('User', 'a');
    assert.deepEqual([node?.['title'], node?.['last_seen_run']], ['Analyst', 2]);
    assert.deepEqual([await candidates('User'), await candidates('Group')], [['b'], []]);
    const { users_updated: users, groups_updated: groups, users_seen: usersSeen } = await graph.syncRun(run);
    assert.deepEqual([users, groups, usersSeen], [1, 1, 9], 'the list did not show it');
  });

  it('keeps and counts what nothing is proven of', async () => {
    await seen('User', 1, 'a', 'b', 'c');
    await begin();
    assert.equal(await settle('User', { unconfirmed: ['a', 'c'] }), false);
    assert.deepEqual(await ids('User'), ['a', 'b', 'c']);
    assert.equal((await graph.syncRun(run))['nodes_unproven'], 2);
  });

  describe('of what Okta denies', () => {
    beforeEach(async () => {
      await seen('User', 1, 'a', 'b', 'c');
      await seen('Group', 1, 'g', 'h');
      await begin();
    });
    const denied = { asOfMs: AS_OF };

    for (const [label, id, kept] of [
      ['User', 'a', ['a', 'b', 'c']],
      ['Group', 'g', ['g', 'h']],
    ] as const) {
      it(`removes no ${label} on a single denial`, async () => {
        await denyOnce(graph, run, label, [id], denied);
        await removeAll(graph, run, label);
        assert.deepEqual(await ids(label), kept);
      });

      it(`removes a ${label} on a second one, in the next run too`, async () => {
        await denyOnce(graph, run, label, [id], denied);
        await endRun(graph.db, run);
        run = await graph.begin();
        await denyOnce(graph, run, label, [id], denied, true);
        await removeAll(graph, run, label);
        assert.deepEqual(await ids(label), kept.slice(1));
      });

      it(`removes no ${label} that something has shown between two denials`, async () => {
        await denyOnce(graph, run, label, [id], denied);
        await settle(label, { alive: [label === 'User' ? user(id) : group(id)] });
        await denyOnce(graph, run, label, [id], denied, true);
        await removeAll(graph, run, label);
        assert.deepEqual(await ids(label), kept);
      });
    }

    /** A run reads group `g` with user `a` in it. */
    const showMembers = async (by: Run) => {
      await graph.set(
        `MATCH (u:User {okta_domain: $domain, id: 'a'}), (g:Group {okta_domain: $domain, id: 'g'})
         MERGE (u)-[:MEMBER_OF]->(g) SET g.last_seen_run = $number`,
        { number: by.number },
      );
      const [group] = await members.claim(by);
      assert.equal(group?.id, 'g');
      await members.write(by, [group], { g: ['a'] }, { proven: ['g'] });
    };

    it('removes a user and a group that members read before the first denial have shown', async () => {
      await showMembers(run);
      for (const [label, id] of [
        ['User', 'a'],
        ['Group', 'g'],
      ] as const) {
        await denyOnce(graph, run, label, [id], denied);
        await denyOnce(graph, run, label, [id], denied, true);
        await removeAll(graph, run, label);
        assert(!(await ids(label)).includes(id), label);
      }
    });

    it('keeps a user whom members read after the first denial by version 0.2.0 have shown', async () => {
      await denyOnce(graph, run, 'User', ['a'], denied);
      await showMembers(run);
      await graph.set(
        `MATCH (g:Group {okta_domain: $domain, id: 'g'})
         SET g.memberships_whole_run = null, g.memberships_whole_as_of = datetime({epochMillis: toInteger($atMs)})`,
        { atMs: AS_OF + 1000 },
      );
      assert.equal(await isRipe('User', 0), false);
    });

    it('keeps a user and a group that members read after the first denial have shown, whatever the clocks said', async () => {
      await denyOnce(graph, run, 'User', ['a'], { asOfMs: AS_OF + 86_400_000 });
      await denyOnce(graph, run, 'Group', ['g'], { asOfMs: AS_OF + 86_400_000 });
      await endRun(graph.db, run);
      run = await graph.begin();
      await note('users_listed: true, users_seen: 9, groups_listed: true, groups_seen: 9');
      await showMembers(run);
      assert.equal(await isRipe('User', 0), false);
      await denyOnce(graph, run, 'User', ['a'], denied, true);
      await denyOnce(graph, run, 'Group', ['g'], denied, true);
      await removeAll(graph, run, 'User');
      await removeAll(graph, run, 'Group');
      assert.deepEqual([(await ids('User')).includes('a'), (await ids('Group')).includes('g')], [true, true]);
    });

    it('waits for the time that has to lie between two denials, and no longer', async () => {
      assert.equal(await msUntilRipe(graph.db, run, 60_000), 0, 'nothing was denied');
      await denyOnce(graph, run, 'User', ['a'], denied);
      const waitMs = await msUntilRipe(graph.db, run, 60_000);
      assert(waitMs > 0 && waitMs <= 60_000, `${waitMs} ms`);
      assert.equal(await isRipe('User', 60_000), false);
      await graph.set(
        "MATCH (u:User {okta_domain: $domain, id: 'a'}) SET u.denied_since = datetime.realtime() - duration('PT1M')",
      );
      assert.equal(await msUntilRipe(graph.db, run, 60_000), 0);
      assert.equal(await isRipe('User', 60_000), true);
    });

    it('asks again for those that were denied once, and for no others', async () => {
      await denyOnce(graph, run, 'User', ['a', 'b'], denied);
      await denyOnce(graph, run, 'User', ['b'], denied, true);
      const again = await deniedOnce(graph.db, run, 'User', { after: '', atMost: 9, gapMs: 0 });
      assert.deepEqual(again, [{ id: 'a', isRipe: true }]);
    });

    it('is no proof of a user that a later run has seen', async () => {
      await seen('User', 9, 'z');
      const results = { denied: [{ id: 'z', isRipe: false }] };
      await settle('User', results);
      assert.deepEqual(await deniedOnce(graph.db, run, 'User', { after: '', atMost: 9, gapMs: 0 }), []);
    });
  });

  describe('with its breaker', () => {
    const many = Array.from({ length: 100 }, (_, i) => `u${String(i).padStart(2, '0')}`);
    const counted = async (...names: string[]) => {
      const properties = await graph.syncRun(run);
      return names.map((name) => properties[name]);
    };

    it('removes all where they are no more than the share', async () => {
      await seen('User', 1, ...many);
      await begin();
      await remove('User', many.slice(0, 20), 20);
      assert.deepEqual(await ids('User'), many.slice(20));
      assert.deepEqual(await counted('users_deleted', 'users_withheld'), [20, 0]);
    });

    it('removes none where they are more, in this run or the next, and counts all as withheld', async () => {
      await seen('User', 1, ...many);
      await begin();
      for (let round = 0; round < 3; round += 1) {
        await remove('User', many.slice(0, 21), 20);
        assert.equal((await ids('User')).length, 100);
        assert.deepEqual(await counted('users_deleted', 'users_withheld'), [0, 21]);
        await endRun(graph.db, run);
        run = await graph.begin();
      }
    });

    it('removes them when their number has fallen', async () => {
      await seen('User', 1, ...many);
      await begin();
      await remove('User', many.slice(0, 21), 20);
      await endRun(graph.db, run);
      run = await graph.begin();
      await settle('User', { alive: [user('u00')] });
      await remove('User', many.slice(1, 21), 20);
      assert.equal((await ids('User')).length, 80);
    });

    it('says while asking that Okta has denied more than may go', async () => {
      await seen('User', 1, ...many);
      await begin();
      const deny = (from: number, to: number) =>
        denyOnce(graph, run, 'User', many.slice(from, to), { asOfMs: AS_OF, maxDeletePercent: 20 });
      assert.deepEqual([await deny(0, 15), await deny(15, 20), await deny(20, 25)], [false, false, true]);
    });

    it('counts what one portion after another removes', async () => {
      await seen('User', 1, ...many);
      await begin();
      await remove('User', many.slice(0, 15), 20);
      await remove('User', many.slice(15, 21), 20);
      assert.equal((await ids('User')).length, 85);
      assert.deepEqual(await counted('users_deleted', 'users_withheld'), [15, 6]);
    });

    it('counts users and groups apart, and neither by the edges that go with them', async () => {
      await seen('User', 1, ...many.slice(0, 20));
      await seen('Group', 1, ...many.slice(0, 20));
      await graph.set(
        `MATCH (u:User {okta_domain: $domain}), (g:Group {okta_domain: $domain}) CREATE (u)-[:MEMBER_OF]->(g)`,
      );
      await begin();
      await remove('User', many.slice(0, 11), 0);
      await remove('Group', many.slice(0, 10), 0);
      assert.deepEqual(
        await counted('users_withheld', 'groups_deleted', 'memberships_removed_unproven'),
        [11, 10, 0],
      );
    });

    it('never lets go more than half of a few', async () => {
      await seen('User', 1, 'a', 'b', 'c');
      await begin();
      await remove('User', ['a', 'b'], 20);
      assert.deepEqual(await ids('User'), ['a', 'b', 'c']);
    });

    it('does not hold where a person has approved as many', async () => {
      await seen('User', 1, ...many);
      await begin(true, true);
      await remove('User', many, 0);
      assert.deepEqual(await ids('User'), []);
    });

    it('counts the candidates that were not asked for as withheld, once', async () => {
      await seen('User', 1, ...many);
      await begin();
      await denyOnce(graph, run, 'User', many.slice(0, 90), { asOfMs: AS_OF, maxDeletePercent: 20 });
      const unasked = await candidatesAfter(graph.db, run, 'User', 'u89');
      assert.equal(unasked, 10);
      for (let time = 0; time < 2; time += 1) await withhold(graph.writer(run), 'User', { unasked });
      assert.deepEqual(await counted('users_withheld'), [100]);
    });
  });
});
