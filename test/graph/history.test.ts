import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { auth, driver as connect, int } from 'neo4j-driver';
import { ACCESS_KINDS, type NodeLabel } from '../../src/contract';
import { membersAt, membershipsOf } from '../../dev/lab/graph/pastMemberships';
import type { GraphDatabase } from '../../src/graph/database';
import { MAX_EDGES, diffMemberships, writeMemberships } from '../../src/graph/write/memberships';
import { writeNodes, type NodeRow } from '../../src/graph/write/nodes';
import { ensureAccessSchema } from '../../src/graph/schema/accessSchema';
import { EXPIRED, pruneHistory } from '../../src/graph/write/retention';
import { writeForRun, type Run } from '../../src/graph/write/run';
import type { RunToBegin } from '../../src/graph/write/runs';
import { failGroup, type ClaimedGroup } from '../../src/graph/write/workList';
import { neo4j } from '../../dev/lab/servers/services';
import { startCuttingProxy } from './support/cutAtCommit';
import { openGraph, useGraph } from '../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from './support/members';
import { removeDenied } from './support/removal';
import { group, LATER, user } from './support/rows';

const HOUR_MS = 3_600_000;
/** Okta's clock at the read of run number `n`. */
const readAt = (n: number) => AS_OF + n * HOUR_MS;

describe('history', () => {
  const graph = useGraph();
  const members = new Members(graph);

  /** One run that reads the members of a group. */
  async function readMembers(listed: readonly string[], change: Partial<RunToBegin> = {}): Promise<Run> {
    const run = await graph.begin(change);
    const [claimed] = await claim(run);
    assert.ok(claimed);
    await write(graph.db, run, claimed, listed);
    return run;
  }
  const claim = (run: Run) => members.claim(run, `attempt ${Math.random()}`);
  async function write(
    db: GraphDatabase,
    run: Run,
    claimed: ClaimedGroup,
    listed: readonly string[],
    { proven = true, atMs = readAt(run.number) } = {},
  ): Promise<void> {
    const read = { group: claimed, ids: new Set(listed), newUsers: [], warnings: [], asOfMs: atMs };
    const changes = await diffMemberships(db, run, [read]);
    const result = proven ? ('confirmed' as const) : ('unconfirmed' as const);
    const confirmed = changes.map((change) => ({ ...change, result, surplus: 0 }));
    await writeMemberships({ db, run, usage: graph.usage }, confirmed);
  }
  const past = (userId: string) => membershipsOf(graph.db, graph.domain, userId, 'g');
  const count = (pattern: string) =>
    graph.value<number>(`MATCH ${pattern} WHERE x.okta_domain = $domain RETURN count(*) AS value`);
  const settle = (run: Run, label: NodeLabel, denied: string[], atMs: number) =>
    removeDenied(graph, run, label, denied, { asOfMs: atMs });
  const list = (run: Run, label: NodeLabel, ...rows: NodeRow[]) =>
    writeForRun(graph.writer(run), async (tx) => ({
      counts: {},
      warnings: [],
      ...(await writeNodes(tx, run, label, rows)),
    }));

  describe('of the memberships of a group', () => {
    beforeEach(async () => {
      await members.group('g', 99);
      await members.users('a', 'b');
    });

    it('has the read that saw each change, and the one before it', async () => {
      await readMembers(['a']);
      await readMembers(['a', 'b']);
      await readMembers(['b']);
      const ids = { groupId: 'g', endedAfterMs: null, validToMs: null };
      assert.deepEqual(await past('a'), [
        {
          ...ids,
          userId: 'a',
          notBeforeMs: null,
          validFromMs: readAt(1),
          endedAfterMs: readAt(2),
          validToMs: readAt(3),
        },
      ]);
      assert.deepEqual(await past('b'), [
        { ...ids, userId: 'b', notBeforeMs: readAt(1), validFromMs: readAt(2) },
      ]);
      const runs = await graph.value<number[]>(
        'MATCH (:Group {okta_domain: $domain})<-[m:WAS_MEMBER_OF]-() RETURN [m.opened_by, m.closed_by] AS value',
      );
      assert.deepEqual(runs, [1, 3]);
    });

    it('counts the time of a read that saw a change as after the change', async () => {
      await readMembers(['a']);
      await readMembers([]);
      const at = async (atMs: number) => (await membersAt(graph.db, graph.domain, 'g', atMs)).length;
      assert.deepEqual(
        await Promise.all([-1, 0, HOUR_MS - 1, HOUR_MS].map((ms) => at(readAt(1) + ms))),
        [0, 1, 1, 0],
      );
    });

    it('is not moved by a failed read', async () => {
      await readMembers(['a']);
      const failing = await graph.begin();
      const [claimed] = await claim(failing);
      assert.ok(claimed);
      await failGroup(graph.writer(failing), claimed, { code: 'GROUP_FAILED', message: '' });
      await readMembers(['b']);
      const [[ended], [begun]] = [await past('a'), await past('b')];
      assert.deepEqual([ended?.endedAfterMs, ended?.validToMs], [readAt(1), readAt(3)]);
      assert.deepEqual([begun?.notBeforeMs, begun?.validFromMs], [readAt(1), readAt(3)]);
    });

    it('is moved by the next complete read after one that failed', async () => {
      await readMembers(['a']);
      const failing = await graph.begin();
      const [claimed] = await claim(failing);
      assert.ok(claimed);
      await failGroup(graph.writer(failing), claimed, { code: 'GROUP_FAILED', message: '' });
      await readMembers(['a']);
      await readMembers(['b']);
      const [[ended], [begun]] = [await past('a'), await past('b')];
      assert.deepEqual([ended?.endedAfterMs, ended?.validToMs], [readAt(3), readAt(4)]);
      assert.deepEqual([begun?.notBeforeMs, begun?.validFromMs], [readAt(3), readAt(4)]);
    });

    it('is not moved by a read with a member that has no user', async () => {
      await readMembers(['a']);
      await readMembers(['a', 'nobody']);
      await members.users('nobody');
      await readMembers(['a', 'nobody']);
      const [begun] = await past('nobody');
      assert.deepEqual([begun?.notBeforeMs, begun?.validFromMs], [readAt(1), readAt(3)]);
    });

    it('keeps what the breaker withholds as it is, and dates its end by the read before all that', async () => {
      await readMembers(['a', 'b']);
      const run = await graph.begin();
      const [claimed] = await claim(run);
      assert.ok(claimed);
      await write(graph.db, run, claimed, [], { proven: false });
      assert.deepEqual((await members.secondLook(run, 0)).groups, []);
      assert.deepEqual(await members.of('g'), ['a', 'b']);
      assert.equal(await count('(x:Group)<-[:WAS_MEMBER_OF]-()'), 0);
      await readMembers(['a']);
      const [ended] = await past('b');
      assert.deepEqual([ended?.endedAfterMs, ended?.validToMs], [readAt(1), readAt(3)]);
    });

    it('continues from a removal that Okta did not confirm', async () => {
      await readMembers(['a', 'b']);
      const run = await graph.begin();
      const [claimed] = await claim(run);
      assert.ok(claimed);
      await write(graph.db, run, claimed, ['a'], { proven: false });
      const [again] = (await members.secondLook(run)).groups;
      assert.ok(again);
      await write(graph.db, run, again, ['a'], { proven: false });
      await readMembers(['a', 'b']);
      const [first, second] = await past('b');
      assert.deepEqual([first?.endedAfterMs, first?.validToMs], [readAt(1), readAt(2)]);
      assert.deepEqual([second?.notBeforeMs, second?.validFromMs], [readAt(2), readAt(3)]);
    });

    it('is written once where only the answer to the commit was lost', async () => {
      await readMembers(['a']);
      const proxy = await startCuttingProxy((await neo4j()).uri);
      const db = await openGraph({ NEO4J_URI: proxy.uri });
      try {
        const run = await graph.begin();
        const [claimed] = await claim(run);
        assert.ok(claimed);
        proxy.arm();
        await write(db, run, claimed, ['b']);
        assert.equal(proxy.cuts, 1);
      } finally {
        await db.close();
        proxy.close();
      }
      assert.deepEqual([(await past('a')).length, (await past('b')).length], [1, 1]);
    });

    it('is one for all portions of a large group, also where another attempt writes the rest', async () => {
      const ids = Array.from({ length: MAX_EDGES + 10 }, (_, i) => `00u${i}`);
      await members.users(...ids);
      await readMembers(['a']);
      const run = await graph.begin();
      const [first] = await claim(run);
      assert.ok(first);
      const dying = Object.create(graph.db) as GraphDatabase;
      let writes = 0;
      dying.write = (work) =>
        (writes += 1) > 1 ? Promise.reject(new Error('killed')) : graph.db.write(work);
      await assert.rejects(write(dying, run, first, ids), /killed/);
      const [again] = await claim(run);
      assert.ok(again);
      await write(graph.db, run, again, ids, { atMs: readAt(2) + 1000 });
      const begun = await graph.db.read(
        `MATCH (:Group {okta_domain: $domain})<-[m:MEMBER_OF]-()
         RETURN m.not_before.epochMillis AS notBefore, m.valid_from.epochMillis AS validFrom, count(*) AS count
         ORDER BY validFrom`,
        { domain: graph.domain },
      );
      assert.deepEqual(begun, [
        { notBefore: readAt(1), validFrom: readAt(2), count: MAX_EDGES },
        { notBefore: readAt(1), validFrom: readAt(2) + 1000, count: 10 },
      ]);
    });

    it('has no beginning for edges that the graph had before it kept history', async () => {
      await members.edges('g', 'a');
      await graph.set(
        'MATCH (g:Group {okta_domain: $domain}) SET g.memberships_as_of = datetime({epochMillis: toInteger($ms)})',
        { ms: AS_OF },
      );
      assert.equal((await membersAt(graph.db, graph.domain, 'g', 0)).length, 1);
      await readMembers(['b']);
      const [[ended], [begun]] = [await past('a'), await past('b')];
      assert.deepEqual([ended?.validFromMs, ended?.endedAfterMs, ended?.validToMs], [null, AS_OF, readAt(1)]);
      assert.equal(begun?.notBeforeMs, AS_OF);
    });

    it('never ends before it began, whatever Okta says of the time', async () => {
      await readMembers(['a']);
      const run = await graph.begin();
      const [claimed] = await claim(run);
      assert.ok(claimed);
      await write(graph.db, run, claimed, [], { atMs: readAt(0) });
      assert.equal((await past('a'))[0]?.validToMs, readAt(1));
    });

    it('is not kept where the run keeps none', async () => {
      const change = { keepsHistory: false };
      await readMembers(['a', 'b'], change);
      const run = await readMembers(['b'], change);
      await list(run, 'User', user('c'));
      await list(run, 'User', user('c', { lastUpdated: LATER, profile: { title: 'Analyst' } }));
      await settle(run, 'User', ['b'], readAt(3));
      await settle(run, 'Group', ['g'], readAt(3));
      for (const label of ['FormerUser', 'FormerGroup', 'UserChange', 'GroupChange', 'Group'])
        assert.equal(await count(`(x:${label})`), 0, label);
      assert.deepEqual(
        await graph.value('MATCH (u:User {okta_domain: $domain}) RETURN collect(u.id) AS value'),
        ['a', 'c'],
      );
    });
  });

  describe('of what Okta has deleted', () => {
    beforeEach(async () => {
      await members.group('g', 99);
      await members.users('a', 'b');
      await readMembers(['a', 'b']);
    });

    it('keeps a user under another label, its memberships as past ones', async () => {
      const run = await graph.begin();
      await settle(run, 'User', ['a'], readAt(2));
      await settle(run, 'User', ['a'], readAt(2));
      assert.deepEqual(await members.of('g'), ['b']);
      const [membership, ...more] = await past('a');
      assert.deepEqual(more, []);
      assert.deepEqual([membership?.endedAfterMs, membership?.validToMs], [readAt(1), readAt(2)]);
      const { users_deleted: deleted, memberships_removed: removed } = await graph.syncRun(run);
      assert.deepEqual([deleted, removed], [1, 1]);
    });

    it('gives a user that comes back its node and its past', async () => {
      await settle(await graph.begin(), 'User', ['a'], readAt(2));
      const run = await graph.begin();
      const { created, updated } = await list(run, 'User', user('a', { profile: { title: 'Again' } }));
      assert.deepEqual([created, updated], [1, 0]);
      const node = await graph.node('User', 'a');
      assert.deepEqual([node?.['title'], node?.['removed_at'], node?.['added_run']], ['Again', undefined, 3]);
      assert.equal(await count('(x:FormerUser)'), 0);
      const [claimed] = await claim(run);
      assert.ok(claimed);
      await write(graph.db, run, claimed, ['a', 'b']);
      assert.deepEqual(
        (await past('a')).map(({ validFromMs, validToMs }) => [validFromMs, validToMs]),
        [
          [readAt(1), readAt(2)],
          [readAt(3), null],
        ],
      );
    });

    it('gives a group that comes back its node and its past, and has it read again', async () => {
      await settle(await graph.begin(), 'Group', ['g'], readAt(2));
      assert.equal(await graph.node('Group', 'g'), undefined);
      const run = await graph.beginIncremental();
      assert.equal((await list(run, 'Group', group('g'))).created, 1);
      const [claimed] = await claim(run);
      assert.equal(claimed?.id, 'g');
      assert.ok(claimed);
      await write(graph.db, run, claimed, ['a']);
      const [first, second] = await past('a');
      assert.deepEqual([first?.validFromMs, first?.validToMs], [readAt(1), readAt(2)]);
      assert.deepEqual([second?.notBeforeMs, second?.validFromMs], [readAt(2), readAt(3)]);
    });

    it('is written in several transactions for a group that has more than one takes', async () => {
      const ids = Array.from({ length: MAX_EDGES + 10 }, (_, i) => `00u${i}`);
      await members.users(...ids);
      await members.edges('g', ...ids);
      const run = await graph.begin();
      await settle(run, 'Group', ['g'], readAt(2));
      assert.equal(await count('(x:FormerGroup)<-[:WAS_MEMBER_OF]-(:User)'), ids.length + 2);
      assert.equal((await graph.syncRun(run))['memberships_removed'], ids.length + 2);
    });
  });

  it('is kept by a run that an earlier version began, which says nothing of it', async () => {
    await members.group('g', 99);
    await members.users('a');
    await readMembers(['a']);
    const { keepsHistory: _, ...run } = await graph.begin();
    await list(run, 'User', user('c'));
    await list(run, 'User', user('c', { lastUpdated: LATER, profile: { title: 'Analyst' } }));
    await settle(run, 'User', ['a'], readAt(2));
    assert.deepEqual([await count('(x:FormerUser)'), await count('(x:UserChange)')], [1, 2]);
  });

  it('of a user has what changed in a run, and the values that questions need', async () => {
    await list(await graph.begin(), 'User', user('a', { profile: { department: 'Sales', title: 'Rep' } }));
    const run = await graph.begin();
    const moved = user('a', {
      lastUpdated: LATER,
      profile: { department: 'IT', title: 'Rep', division: 'D' },
    });
    await list(run, 'User', moved);
    await list(run, 'User', moved);
    const changes = await graph.db.read<{ change: Record<string, unknown> }>(
      'MATCH (:User {okta_domain: $domain})-[:CHANGED]->(c:UserChange) RETURN properties(c) AS change',
      { domain: graph.domain },
    );
    assert.equal(changes.length, 1);
    const { at: _, ...change } = changes[0]?.change ?? {};
    assert.deepEqual(change, {
      okta_domain: graph.domain,
      run: 2,
      kind: 'changed',
      fields: ['department', 'division', 'last_updated'],
      department_before: 'Sales',
      department_after: 'IT',
    });
  });

  it('that is too old is deleted, of this org only, and newer history stays', async () => {
    await members.group('g', 99);
    await members.users('a', 'b', 'c');
    await readMembers(['a', 'b', 'c']);
    await readMembers(['b', 'c']);
    await settle(await graph.begin(), 'User', ['b', 'c'], readAt(3));
    await graph.set("MATCH (u:FormerUser {okta_domain: $domain, id: 'b'}) SET u.removed_at = datetime()");
    const theirs = graph.newDomain();
    await graph.set(
      `WITH datetime('2020-01-01') AS old
       CREATE (:User {okta_domain: $theirs})-[:WAS_MEMBER_OF {valid_to: old}]->(:Group {okta_domain: $theirs})
       WITH old UNWIND ['FormerUser', 'FormerGroup', 'UserChange', 'GroupChange'] AS label
       CREATE (:$(label) {okta_domain: $theirs, removed_at: old, at: old})`,
      { theirs },
    );
    const keptOfTheirs = () =>
      graph.value<number>(
        `RETURN COUNT { (:Group {okta_domain: $theirs})<-[:WAS_MEMBER_OF]-() } +
                COUNT { MATCH (n:FormerUser|FormerGroup|UserChange|GroupChange {okta_domain: $theirs}) } AS value`,
        { theirs },
      );
    const run = await graph.begin();
    await sleep(5);
    const prune = (retentionMs: number) => pruneHistory(graph.writer(run), retentionMs, () => undefined);
    const left = async () => [
      await count('(x:Group)<-[:WAS_MEMBER_OF]-()'),
      await count('(x:FormerUser)'),
      await count('(x:UserChange)'),
    ];
    assert.deepEqual(await left(), [3, 2, 2]);
    await prune(Date.now() - readAt(2) - 1000);
    assert.deepEqual(await left(), [2, 2, 2], 'what ended with the second read');
    await prune(Date.now() - readAt(4));
    assert.deepEqual(await left(), [0, 2, 2], 'a node stays while a change of it is kept');
    await graph.set(
      "MATCH (c:UserChange {okta_domain: $domain}) SET c.at = datetime('2026-01-02T12:00:00Z')",
    );
    await prune(Date.now() - readAt(4));
    assert.deepEqual(await left(), [0, 1, 0]);
    await prune(0);
    assert.deepEqual(await left(), [0, 0, 0]);
    assert.equal(await count('(x:Group)'), 1);
    assert.equal(await keptOfTheirs(), 5, 'an edge and four nodes of another org');
  });

  it('that is too old is found by indexes, whatever the graph holds', async () => {
    await ensureAccessSchema(graph.db, ACCESS_KINDS);
    const { uri, username, password } = await neo4j();
    const driver = connect(uri, auth.basic(username, password));
    try {
      for (const statement of EXPIRED) {
        const { summary } = await driver.executeQuery(`EXPLAIN ${statement}`, {
          domain: graph.domain,
          before: null,
          batch: int(1),
        });
        const operators = JSON.stringify(summary.plan);
        assert.match(operators, /IndexSeekByRange/, statement);
        assert.doesNotMatch(operators, /Scan@/, statement);
      }
    } finally {
      await driver.close();
    }
  });
});
