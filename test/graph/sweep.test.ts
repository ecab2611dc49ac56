import assert from 'node:assert/strict';
import type { NodeLabel } from '../../src/graph/nodes';
import type { Run } from '../../src/graph/run';
import { endRun } from '../../src/graph/runs';
import { settleCandidates, sweepCandidates, withholdRest, type Verdicts } from '../../src/graph/sweep';
import { useGraph } from './support/graph';
import { AS_OF, Members } from './support/members';
import { group, user } from './support/rows';

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
  const candidates = (label: NodeLabel, after = '', atMost = 100) =>
    sweepCandidates(graph.db, run, label, after, atMost);
  const settle = (label: NodeLabel, verdicts: Partial<Verdicts>, maxDeletePercent = 100) =>
    settleCandidates(
      graph.db,
      run,
      graph.usage,
      label,
      { gone: [], alive: [], unproven: [], asOfMs: AS_OF, ...verdicts },
      { maxDeletePercent },
    );
  const ids = (label: NodeLabel) =>
    graph.value<string[]>(
      `OPTIONAL MATCH (n:${label} {okta_domain: $domain}) WITH n.id AS id ORDER BY id RETURN collect(id) AS value`,
    );

  async function begin(full = true, allowDeletes = false): Promise<void> {
    await graph.begin();
    run = await (full ? graph.begin({ allowDeletes }) : graph.beginIncremental());
    await note('users_listed: true, users_seen: 5, groups_listed: true, groups_seen: 5');
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

  it('suspects groups after an incremental run too, since they are always listed whole', async () => {
    await seen('Group', 1, 'a');
    await begin(false);
    assert.deepEqual([await candidates('Group'), await candidates('User')], [['a'], []]);
  });

  describe('of users that Everyone does not have', () => {
    /** Everyone as run 2 reads it: without some of the users that the graph has in it. */
    async function readEveryone(told: readonly string[]): Promise<void> {
      const [everyone] = await members.claim(run);
      assert.ok(everyone);
      await members.write(run, [everyone], { everyone: told }, { proven: ['everyone'] });
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

    it('goes on suspecting them in the next run, until Okta has spoken of each', async () => {
      await begin(false);
      await readEveryone(['a']);
      await next();
      assert.deepEqual(await candidates('User'), ['b', 'c']);
      await settle('User', { gone: ['b'], unproven: ['c'] });
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

    it('counts those that were not asked for as withheld', async () => {
      await begin(false);
      await readEveryone([]);
      await withholdRest(graph.db, run, graph.usage, 'User', 'a');
      assert.equal((await graph.syncRun(run))['users_withheld'], 2);
    });
  });

  it('removes what Okta has proven to be gone, with its edges, and counts both', async () => {
    await seen('User', 1, 'a', 'b');
    await seen('Group', 1, 'g', 'h');
    await graph.set(
      `MATCH (u:User {okta_domain: $domain}), (g:Group {okta_domain: $domain}) CREATE (u)-[:MEMBER_OF]->(g)`,
    );
    await begin();
    assert.equal(await settle('User', { gone: ['a'] }), 0);
    assert.equal(await settle('Group', { gone: ['h', 'not there'] }), 0);
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
    await settle('User', { gone: ['a'] });
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
    assert.deepEqual([users, groups, usersSeen], [1, 1, 5], 'the list did not show it');
  });

  it('keeps and counts what nothing is proven of', async () => {
    await seen('User', 1, 'a', 'b', 'c');
    await begin();
    assert.equal(await settle('User', { unproven: ['a', 'c'] }), 0);
    assert.deepEqual(await ids('User'), ['a', 'b', 'c']);
    assert.equal((await graph.syncRun(run))['nodes_unproven'], 2);
  });

  describe('with its breaker', () => {
    const many = Array.from({ length: 100 }, (_, i) => `u${String(i).padStart(2, '0')}`);

    it('removes the share and withholds the rest, over all portions', async () => {
      await seen('User', 1, ...many);
      await begin();
      assert.equal(await settle('User', { gone: many.slice(0, 15) }, 20), 0);
      assert.equal(await settle('User', { gone: many.slice(15, 30) }, 20), 10);
      assert.equal(await settle('User', { gone: many.slice(30, 35) }, 20), 5);
      assert.deepEqual(await ids('User'), many.slice(20));
      const { users_deleted: deleted, users_withheld: withheld } = await graph.syncRun(run);
      assert.deepEqual([deleted, withheld], [20, 15]);
    });

    it('counts users and groups apart, and neither by the edges that go with them', async () => {
      await seen('User', 1, ...many.slice(0, 20));
      await seen('Group', 1, ...many.slice(0, 20));
      await graph.set(
        `MATCH (u:User {okta_domain: $domain}), (g:Group {okta_domain: $domain}) CREATE (u)-[:MEMBER_OF]->(g)`,
      );
      await begin();
      assert.equal(await settle('User', { gone: many.slice(0, 12) }, 0), 2);
      assert.equal(await settle('Group', { gone: many.slice(0, 12) }, 0), 2);
      assert.equal((await graph.syncRun(run))['memberships_removed_unproven'], 0);
    });

    it('never lets go more than half of a few', async () => {
      await seen('User', 1, 'a', 'b', 'c');
      await begin();
      assert.equal(await settle('User', { gone: ['a', 'b', 'c'] }, 20), 2);
      assert.deepEqual(await ids('User'), ['b', 'c']);
    });

    it('is off when the run may delete', async () => {
      await seen('User', 1, ...many);
      await begin(true, true);
      assert.equal(await settle('User', { gone: many }, 0), 0);
      assert.deepEqual(await ids('User'), []);
    });

    it('counts the candidates that were not asked for as withheld', async () => {
      await seen('User', 1, ...many);
      await seen('Group', 1, 'g', 'h');
      await begin();
      await withholdRest(graph.db, run, graph.usage, 'User', 'u89');
      await withholdRest(graph.db, run, graph.usage, 'Group', 'g');
      const { users_withheld: users, groups_withheld: groups } = await graph.syncRun(run);
      assert.deepEqual([users, groups], [10, 1]);
    });
  });
});
