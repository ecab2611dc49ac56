import assert from 'node:assert/strict';
import { auth, driver as driverTo } from 'neo4j-driver';
import type { SyncWarning } from '../../../src/contract';
import { MAX_EDGES } from '../../../src/graph/write/memberships';
import type { GraphDatabase, Transaction } from '../../../src/graph/database';
import { approvalOfList, approveRemovals, ofEachKind } from '../../../src/graph/write/approvals';
import { endRun } from '../../../src/graph/write/runs';
import { removeNodes, removeSomeRelationships } from '../../../src/graph/write/former';
import { writeNodes } from '../../../src/graph/write/nodes';
import { writeForRun, type Run } from '../../../src/graph/write/run';
import { pruneHistory } from '../../../src/graph/write/retention';
import { stillClaimed } from '../../../src/graph/write/workList';
import { neo4j } from '../../../dev/lab/servers/services';
import { explain } from '../../../dev/lab/graph/plan';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from '../support/members';
import { denyTwice, removeAll, removeDenied } from '../support/removal';
import { user } from '../support/rows';

describe('what is removed', () => {
  const graph = useGraph();
  const members = new Members(graph);

  const addUsers = (size: number) =>
    graph.set(
      `UNWIND range(1, ${size}) AS i CREATE (:User {okta_domain: $domain, id: '00u' + i, last_seen_run: 1})`,
    );
  /** A group that all users are members of. */
  async function addGroup(id: string): Promise<void> {
    await members.group(id, 1);
    await graph.set(
      `MATCH (u:User {okta_domain: $domain}), (g:Group {okta_domain: $domain, id: $id}) CREATE (u)-[:MEMBER_OF]->(g)`,
      { id },
    );
  }
  const remove = (
    run: Run,
    label: 'User' | 'Group',
    ids: readonly string[],
    beat: () => void = () => undefined,
  ) => removeDenied(graph, run, label, ids, { asOfMs: AS_OF, beat });
  it('removes a few at a time where many groups have many members each', async () => {
    await addUsers(300);
    const ids = Array.from({ length: 60 }, (_, i) => `00g${String(i).padStart(2, '0')}`);
    for (const id of ids) await addGroup(id);
    const run = await graph.begin();
    let beats = 0;
    await remove(run, 'Group', ids, () => void (beats += 1));
    assert.equal((await graph.syncRun(run))['memberships_removed'], 300 * 60);
    assert.equal(beats, Math.ceil(60 / Math.floor(MAX_EDGES / 300)));
  });

  it('is only what the approver has seen, if that is more than usual', async () => {
    await addUsers(20);
    const approve = (userIds: readonly string[]) =>
      approveRemovals(graph.db, graph.domain, {
        by: 'ann',
        counts: { ...ofEachKind(0), users: 12 },
        listed: { ofRun: 1, userIds, groupIds: [] },
      });
    const ids = Array.from({ length: 12 }, (_, i) => `00u${i + 1}`);
    const options = { asOfMs: AS_OF, maxDeletePercent: 0 };
    const beginWith = (approvalId: string) => graph.begin({ allowDeletes: true, approvalId });

    const swapped = await beginWith(await approve([...ids.slice(1), '00u20']));
    await removeDenied(graph, swapped, 'User', ids, options);
    const { users_deleted: none, users_withheld: withheld } = await graph.syncRun(swapped);
    assert.deepEqual([none, withheld], [0, 12]);
    await endRun(graph.db, swapped);

    const listed = await beginWith(await approve(ids));
    await removeDenied(graph, listed, 'User', ids, options);
    assert.equal((await graph.syncRun(listed))['users_deleted'], 12);
    const given = await approvalOfList(graph.db, graph.domain, 1);
    assert.deepEqual([given?.by, given?.usedRun], ['ann', listed.number]);
  });

  it('does not hold up what follows when a node cannot be removed, and is reported', async () => {
    await graph.set(
      `UNWIND ['a', 'b', 'c'] AS id CREATE (:User {okta_domain: $domain, id: id, last_seen_run: 1})
       WITH count(*) AS _ CREATE (:FormerUser {okta_domain: $domain, id: 'b'})`,
    );
    const run = await graph.begin();
    await remove(run, 'User', ['a', 'b', 'c']);
    assert.deepEqual(
      await graph.value('MATCH (u:User {okta_domain: $domain}) RETURN collect(u.id) AS value'),
      ['b'],
    );
    // The activity is repeated, and the next run meets the node too.
    await removeAll(graph, run, 'User');
    const next = await graph.begin();
    await remove(next, 'User', ['b']);
    assert.equal((await graph.syncRun(next))['nodes_not_removed'], 1);
    const { users_deleted: deleted, nodes_not_removed: left, warnings } = await graph.syncRun(run);
    assert.deepEqual([deleted, left], [2, 1]);
    const [warning] = (warnings as string[]).map((json) => JSON.parse(json) as SyncWarning);
    assert.deepEqual([warning?.code, warning?.userId], ['NOT_REMOVED', 'b']);
  });

  it('is not what another writer has shown between the read and the removal', async () => {
    await addUsers(200);
    const ids = Array.from({ length: 200 }, (_, i) => `00u${i + 1}`);
    const run = await graph.begin();
    await denyTwice(graph, run, 'User', ids, { asOfMs: AS_OF });
    const later = await graph.begin();
    // The node is shown before the first removing transaction begins, and after it was read as one to remove.
    const shown = '00u95';
    let write = 0;
    const db = Object.assign(Object.create(graph.db) as GraphDatabase, {
      write: async (work: Parameters<GraphDatabase['write']>[0]) => {
        if ((write += 1) === 1)
          await writeForRun(graph.writer(later), async (tx) => {
            await writeNodes(tx, later, 'User', [user(shown)]);
            return { counts: {}, warnings: [] };
          });
        return graph.db.write(work);
      },
    });
    await removeAll({ db, usage: graph.usage }, run, 'User');
    assert.deepEqual(
      await graph.value('MATCH (u:User {okta_domain: $domain}) RETURN collect(u.id) AS value'),
      [shown],
    );
    assert.equal((await graph.syncRun(run))['users_deleted'], 199);
  });

  it('gives a group that comes back no claim of before: what was read under it is not written', async () => {
    await members.group('00g1', 1);
    await members.users('a');
    const run = await graph.begin();
    const [claimed] = await members.claim(run);
    assert.ok(claimed);
    await remove(run, 'Group', ['00g1']);
    await graph.set(
      'MATCH (g:FormerGroup {okta_domain: $domain}) REMOVE g:FormerGroup SET g:Group, g.last_seen_run = 1',
    );
    await graph.db.write(async (tx) => {
      assert.equal((await stillClaimed(tx, run, [claimed])).size, 0);
    });
    await members.write(run, [claimed], { '00g1': ['a'] });
    assert.deepEqual(await members.of('00g1'), []);
  });

  it('of the past is of the org whose past is too old, never of another one', async () => {
    const theirs = graph.newDomain();
    const ended = "datetime('2020-01-01')";
    for (const domain of [graph.domain, theirs]) {
      await graph.db.run(
        `CREATE (u:FormerUser {okta_domain: $domain, id: 'u', removed_at: ${ended}}),
                (:FormerUser {okta_domain: $domain, id: 'v', removed_at: ${ended}}),
                (g:FormerGroup {okta_domain: $domain, id: 'g', removed_at: ${ended}}),
                (:FormerGroup {okta_domain: $domain, id: 'h', removed_at: ${ended}}),
                (u)-[:WAS_MEMBER_OF {valid_to: ${ended}}]->(g),
                (u)-[:CHANGED]->(:UserChange {okta_domain: $domain, at: ${ended}}),
                (g)-[:CHANGED]->(:GroupChange {okta_domain: $domain, at: ${ended}})`,
        { domain },
      );
    }
    const run = await graph.begin();
    await pruneHistory(graph.writer(run), 1000, () => undefined);
    const left = (domain: string) =>
      graph.value<[number, number]>(
        `OPTIONAL MATCH (n {okta_domain: $of}) WHERE NOT n:SyncRun
         RETURN [count(n), sum(COUNT { (n)-->() })] AS value`,
        { of: domain },
      );
    assert.deepEqual(
      [await left(graph.domain), await left(theirs)],
      [
        [0, 0],
        [6, 3],
      ],
    );
  });

  for (const label of ['User', 'Group'] as const) {
    for (const keepsHistory of [true, false]) {
      it(`finds each ${label} by its key, ${keepsHistory ? 'with' : 'without'} history, whatever else Okta has denied`, async () => {
        const run = await graph.begin({ keepsHistory });
        await graph.set(
          `UNWIND range(1, 500) AS i
           CREATE (:${label} {okta_domain: $domain, id: 'n' + i, denied_run: ${run.number}, denied_twice: true})`,
        );
        const { uri, username, password } = await neo4j();
        const driver = driverTo(uri, auth.basic(username, password));
        const session = driver.session();
        const found: string[] = [];
        const tx = {
          run: async (cypher: string, parameters: Record<string, unknown>) => {
            for (const { operator } of await explain(session, cypher, parameters))
              if (/Seek|Scan/.test(operator)) found.push(operator);
            return [];
          },
        } as unknown as Transaction;
        await removeNodes(tx, run, label, ['n1']);
        await removeSomeRelationships(tx, run, { label, id: 'n1' }, 10);
        await session.close();
        await driver.close();
        assert(found.length > 1, `${found.length} were found`);
        assert.deepEqual([...new Set(found)], ['NodeUniqueIndexSeek(Locking)']);
      });
    }
  }
});
