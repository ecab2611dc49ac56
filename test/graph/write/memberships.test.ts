import assert from 'node:assert/strict';
import { auth, driver as driverTo } from 'neo4j-driver';
import type { GraphDatabase, Parameters } from '../../../src/graph/database';
import { absentNodes } from '../../../src/graph/read/absentNodes';
import { MAX_EDGES, writeMemberships } from '../../../src/graph/write/memberships';
import type { Run } from '../../../src/graph/write/run';
import { writeListPages } from '../../../src/graph/write/lists';
import { groupsByState } from '../../../src/graph/write/workList';
import { neo4j } from '../../../dev/lab/servers/services';
import { explain } from '../../../dev/lab/graph/plan';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from '../support/members';
import { oktaUser } from '../support/rows';

describe('the members of a group', () => {
  const graph = useGraph();
  const members = new Members(graph);
  let run: Run;
  beforeEach(async () => {
    run = await graph.begin();
  });
  const counted = async (...names: string[]) => {
    const properties = await graph.syncRun(run);
    return names.map((name) => properties[`memberships_${name}`]);
  };

  interface Row {
    what: string;
    before: readonly string[];
    listed: readonly string[];
    added: number;
    removed: number;
  }
  const ROWS: readonly Row[] = [
    { what: 'who are new', before: [], listed: ['a', 'b', 'c'], added: 3, removed: 0 },
    {
      what: 'some new, some removed',
      before: ['a', 'b', 'c'],
      listed: ['b', 'c', 'd'],
      added: 1,
      removed: 1,
    },
    { what: 'all other than before', before: ['a', 'b'], listed: ['c', 'd'], added: 2, removed: 2 },
    { what: 'who are all removed', before: ['a', 'b'], listed: [], added: 0, removed: 2 },
    { what: 'the same as before', before: ['a', 'b'], listed: ['b', 'a'], added: 0, removed: 0 },
    { what: 'nobody, as before', before: [], listed: [], added: 0, removed: 0 },
  ];
  for (const { what, before, listed, added, removed } of ROWS) {
    it(`${what} are written as a difference, and counted`, async () => {
      await members.group('00g1', 9, `users_count: ${listed.length}`);
      await members.group('00gOther', 0);
      await members.users('a', 'b', 'c', 'd');
      await members.edges('00g1', ...before);
      await members.edges('00gOther', 'a', 'b');
      const [group] = await members.claim(run);
      assert.ok(group);
      assert.deepEqual(await members.write(run, [group], { '00g1': listed }, { proven: ['00g1'] }), 0);
      assert.deepEqual(await members.of('00g1'), [...listed].sort());
      assert.deepEqual(await members.of('00gOther'), ['a', 'b'], 'another group is left alone');
      assert.deepEqual(await counted('added', 'removed', 'groups_read'), [added, removed, 1]);
      assert.equal((await groupsByState(graph.db, run)).left, 0);
      const { memberships_tried_run: tried, memberships_users_count: count } =
        (await graph.node('Group', '00g1')) ?? {};
      assert.deepEqual([tried, count], [1, listed.length]);
      const asOf = await graph.value(
        'MATCH (g:Group {okta_domain: $domain, id: "00g1"}) RETURN g.memberships_as_of.epochMillis AS value',
      );
      assert.equal(asOf, AS_OF, "Okta's clock");
    });
  }

  it('are read again when the count had moved meanwhile, until a read changes nothing', async () => {
    await members.group('00g1', 9, 'users_count: 2');
    await members.users('a', 'b', 'c');
    const listed = { '00g1': ['a', 'b', 'c'] };
    await members.write(run, await members.claim(run), listed);
    const second = await graph.beginIncremental();
    const [again] = await members.claim(second);
    assert.ok(again);
    await members.write(second, [again], listed);
    assert.deepEqual(await members.claim(await graph.beginIncremental()), []);
    assert.deepEqual(await members.of('00g1'), ['a', 'b', 'c']);
  });

  it('are read again when the count had moved before somebody was removed', async () => {
    await members.group('00g1', 9, 'users_count: 3');
    await members.users('a', 'b', 'c');
    await members.edges('00g1', 'a', 'b', 'c');
    const left = { '00g1': ['a', 'b'] };
    await members.write(run, await members.claim(run), left, { proven: ['00g1'] });
    assert.deepEqual(await members.of('00g1'), ['a', 'b']);
    const [again] = await members.claim(await graph.beginIncremental());
    assert.equal(again?.id, '00g1');
  });

  it('of several groups are written together', async () => {
    await members.users('a', 'b');
    for (const id of ['00g1', '00g2', '00g3']) await members.group(id, 9);
    await members.edges('00g2', 'a');
    const groups = await members.claim(run);
    await members.write(run, groups, { '00g1': ['a', 'b'], '00g2': ['b'], '00g3': [] }, { proven: ['00g2'] });
    assert.deepEqual(
      [await members.of('00g1'), await members.of('00g2'), await members.of('00g3')],
      [['a', 'b'], ['b'], []],
    );
    assert.deepEqual(await counted('added', 'removed', 'groups_read'), [3, 1, 3]);
  });

  it('read again by the next run add nothing', async () => {
    await members.group('00g1', 9);
    await members.users('a', 'b');
    await members.write(run, await members.claim(run), { '00g1': ['a', 'b'] });
    const next = await graph.begin();
    await members.write(next, await members.claim(next), { '00g1': ['a', 'b'] });
    assert.deepEqual(await members.of('00g1'), ['a', 'b']);
    const { memberships_added: added, memberships_groups_read: read } = await graph.syncRun(next);
    assert.deepEqual([added, read], [0, 1]);
  });

  it('of another org with the same ids are left alone', async () => {
    const theirs = graph.newDomain();
    await graph.set(
      `CREATE (:User {okta_domain: $theirs, id: 'a'})-[:MEMBER_OF]->(:Group {okta_domain: $theirs, id: '00g1'})`,
      { theirs },
    );
    await members.group('00g1', 9);
    await members.users('a', 'b');
    const groups = await members.claim(run);
    await members.write(run, groups, { '00g1': ['b'] });
    assert.deepEqual(await members.of('00g1'), ['b']);
    const edges =
      'MATCH (:User {okta_domain: $theirs})-[m:MEMBER_OF]->(:Group {okta_domain: $theirs}) RETURN count(m) AS value';
    assert.equal(await graph.value(edges, { theirs }), 1);
  });

  it('more than ten thousand new ones are written in several transactions, and the group is read with the last', async () => {
    const size = 2 * MAX_EDGES + 1;
    const ids = Array.from({ length: size }, (_, i) => `00u${i}`);
    await members.group('00gLarge', 9);
    await members.group('00gSmall', 9);
    await members.users(...ids);
    const groups = await members.claim(run);
    let transactions = 0;
    const db = Object.create(graph.db) as GraphDatabase;
    db.write = (work) => {
      transactions += 1;
      return graph.db.write(work);
    };
    const changes = groups.map((group) => {
      const add = group.id === '00gLarge' ? ids : ids.slice(0, 5);
      const read = { group, ids: new Set(add), newUsers: [], warnings: [], asOfMs: AS_OF };
      return { ...read, add, remove: [], result: 'confirmed' as const, surplus: 0 };
    });
    await writeMemberships({ db, run, usage: graph.usage }, changes);
    assert.equal(transactions, 3);
    assert.equal((await members.of('00gLarge')).length, size);
    assert.deepEqual(await members.of('00gSmall'), ids.slice(0, 5).sort());
    assert.deepEqual(await counted('added', 'groups_read'), [size + 5, 2]);
  });

  it('more than ten thousand that have left are removed in several transactions', async () => {
    const ids = Array.from({ length: MAX_EDGES + 5 }, (_, i) => `00u${i}`);
    await members.group('00gLarge', 9);
    await members.users(...ids);
    await members.edges('00gLarge', ...ids);
    await members.write(
      run,
      await members.claim(run),
      { '00gLarge': ids.slice(0, 2) },
      { proven: ['00gLarge'] },
    );
    assert.deepEqual(await members.of('00gLarge'), ids.slice(0, 2).sort());
    assert.deepEqual(await counted('removed', 'removed_unproven', 'groups_read'), [ids.length - 2, 0, 1]);
  });

  it('are looked up by their key, and each edge from there, whatever the graph is like', async () => {
    await members.group('00g1', 9, 'users_count: 2');
    await members.users('a', 'b', 'c');
    await members.edges('00g1', 'a', 'b');
    const statements: [string, Parameters][] = [];
    const { write } = graph.db;
    graph.db.write = (work) =>
      write.call(graph.db, (tx) => {
        const { run: send } = tx;
        tx.run = (cypher, parameters = {}) => {
          if (cypher.includes('row.members')) statements.push([cypher, parameters]);
          return send.call(tx, cypher, parameters) as never;
        };
        return work(tx);
      }) as never;
    try {
      await members.write(run, await members.claim(run), { '00g1': ['b', 'c'] }, { proven: ['00g1'] });
    } finally {
      graph.db.write = write;
    }
    assert.equal(statements.length, 2);
    const { uri, username, password } = await neo4j();
    const driver = driverTo(uri, auth.basic(username, password));
    const session = driver.session();
    for (const [cypher, parameters] of statements) {
      // While there are users and no groups, the planner would take a scan for as cheap, and keep it.
      assert.match(cypher, /USING INDEX SEEK u:User/, 'a scan may not be planned');
      const steps = await explain(session, cypher, parameters);
      const found = steps.flatMap(({ operator }) => (/Seek|Scan/.test(operator) ? [operator] : []));
      assert.deepEqual(found, ['NodeUniqueIndexSeek(Locking)', 'NodeUniqueIndexSeek(Locking)']);
      assert.deepEqual(
        steps.flatMap(({ operator }) => (/^(Optional)?Expand/.test(operator) ? [operator] : [])),
        cypher.includes('CREATE (u)-[m:MEMBER_OF') ? [] : ['Expand(Into)'],
      );
    }
    await session.close();
    await driver.close();
  });

  it('that left a large group without confirmation are removed all or not at all', async () => {
    const ids = Array.from({ length: MAX_EDGES + 5 }, (_, i) => `00u${i}`);
    await members.group('00gLarge', 9);
    await members.users(...ids);
    await members.edges('00gLarge', ...ids);
    await graph.set('MATCH (r:SyncRun {okta_domain: $domain}) SET r.memberships_at_start = $size', {
      size: ids.length,
    });
    const listed = { '00gLarge': ['00u0', '00u1'] };
    await members.write(run, await members.claim(run), listed);
    assert.equal((await members.of('00gLarge')).length, ids.length, 'not at the first look');
    const { groups } = await members.secondLook(run);
    await members.write(run, groups, { '00gLarge': ['00u0'] });
    assert.equal(
      (await members.of('00gLarge')).length,
      ids.length,
      'not more than the first look had counted',
    );
    assert.deepEqual(await counted('removed', 'withheld'), [0, ids.length - 1]);
  });

  it('who are not in the graph yet are made from their own objects', async () => {
    await members.group('00g1', 9);
    const groups = await members.claim(run);
    const newUsers = [oktaUser('a', { profile: { title: 'Analyst' } })];
    assert.deepEqual(await members.write(run, groups, { '00g1': ['a'] }, { newUsers }), 0);
    const node = await graph.node('User', 'a');
    assert.deepEqual([node?.['title'], node?.['last_seen_run']], ['Analyst', 1]);
    const { users_created: created, users_seen: seen } = await graph.syncRun(run);
    assert.deepEqual([created, seen, await members.of('00g1')], [1, 0, ['a']]);
  });

  it('who are made from their own objects move no watermark: between it and them others were not listed', async () => {
    const watermarks = () =>
      graph.value<(number | null)[]>(
        `MATCH (o:OktaOrg {domain: $domain}), (r:SyncRun {okta_domain: $domain})
         RETURN [o.users_watermark.epochMillis, r.users_newest.epochMillis, r.users_as_of.epochMillis] AS value`,
      );
    const list = { rows: [], warnings: [], asOfMs: AS_OF, newestMs: AS_OF - 60_000 };
    await writeListPages(graph.writer(run), 'User', { ...list, isEnd: true });
    const before = await watermarks();
    assert.equal(before.includes(null), false);
    await members.group('00g1', 9);
    const newUsers = [oktaUser('a', { lastUpdated: new Date(AS_OF + 60_000).toISOString() })];
    await members.write(run, await members.claim(run), { '00g1': ['a'] }, { newUsers });
    assert.equal((await graph.syncRun(run))['users_created'], 1);
    assert.deepEqual(await watermarks(), before);
  });

  it('who are there meanwhile are not overwritten by those objects', async () => {
    await members.group('00g1', 9);
    const groups = await members.claim(run);
    await members.users('a');
    await graph.set('MATCH (u:User {okta_domain: $domain}) SET u.title = "from the list"');
    const newUsers = [oktaUser('a', { profile: { title: 'from the member' } })];
    await members.write(run, groups, { '00g1': ['a'] }, { newUsers });
    assert.equal((await graph.node('User', 'a'))?.['title'], 'from the list');
    assert.equal((await graph.syncRun(run))['users_created'], 0);
  });

  it('of whom one cannot be kept leave the group on the next list', async () => {
    await members.group(
      '00g1',
      9,
      'users_count: 2, last_membership_updated: datetime("2020-01-01T00:00:00Z")',
    );
    await members.users('a');
    const groups = await members.claim(run);
    assert.equal(await members.write(run, groups, { '00g1': ['a', 'nobody'] }), 1);
    assert.deepEqual(await members.of('00g1'), ['a']);
    assert.equal((await groupsByState(graph.db, run)).left, 0, 'this run has tried it');
    assert.equal((await groupsByState(graph.db, await graph.beginIncremental())).left, 1);
  });

  it('of whom one cannot be kept do so too where they take several transactions', async () => {
    const ids = ['nobody', ...Array.from({ length: MAX_EDGES }, (_, i) => `00u${i}`)];
    await members.group('00g1', 9);
    await members.users(...ids.slice(1));
    const groups = await members.claim(run);
    assert.equal(await members.write(run, groups, { '00g1': ids }), 1);
    assert.equal((await members.of('00g1')).length, MAX_EDGES);
    assert.equal((await groupsByState(graph.db, await graph.beginIncremental())).left, 1);
  });

  it('that the graph has no user for are found', async () => {
    await members.users('a', 'b');
    assert.deepEqual(await absentNodes(graph.db, graph.domain, 'User', ['a', 'x', 'b', 'y']), ['x', 'y']);
    assert.deepEqual(await absentNodes(graph.db, 'nobody.okta.com', 'User', ['a']), ['a']);
  });
});
