import assert from 'node:assert/strict';
import { unseenBy, unseenIds } from '../../../src/graph/write/withheld';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('The nodes that a full run did not see', () => {
  const graph = useGraph();

  beforeEach(async () => {
    await graph.begin();
    await graph.begin();
    await graph.set(
      `CREATE (:User {okta_domain: $domain, id: 'u1', display_name: 'Zoe', email: 'zoe@acme.example', last_seen_run: 1})
                -[:MEMBER_OF]->(g:Group {okta_domain: $domain, id: 'g1', name: 'All', last_seen_run: 1}),
              (:User {okta_domain: $domain, id: 'u2', display_name: 'Ann', last_seen_run: 1})-[:MEMBER_OF]->(g),
              (:User {okta_domain: $domain, id: 'u3', display_name: 'Seen', last_seen_run: 2})`,
    );
  });

  const readWhole = (users: boolean, groups: boolean, mode = 'full') =>
    graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: 2})
       SET r.mode = $mode, r.users_listed = $users, r.groups_listed = $groups,
           r.users_changed_since = CASE $mode WHEN 'incremental' THEN datetime('2026-01-01T00:00:00Z') END`,
      { users, groups, mode },
    );
  const unseen = async (limits = { atMost: 10 }) =>
    (await unseenBy(graph.db, graph.domain, 2, limits)).unseen;
  const ids = async (atMost = 10) => (await unseen({ atMost })).map(({ id }) => id);

  it('are users by name and then groups, with their memberships', async () => {
    await readWhole(true, true);
    assert.deepEqual(await unseen(), [
      { label: 'User', id: 'u2', name: 'Ann', email: null, memberships: 1, assignments: 0 },
      { label: 'User', id: 'u1', name: 'Zoe', email: 'zoe@acme.example', memberships: 1, assignments: 0 },
      { label: 'Group', id: 'g1', name: 'All', email: null, memberships: 2, assignments: 0 },
    ]);
  });

  it('are no more than asked for', async () => {
    await readWhole(true, true);
    assert.deepEqual(await ids(2), ['u2', 'u1']);
    for (const skip of [0, 1, 5]) {
      const { unseen: _, ...all } = await unseenBy(graph.db, graph.domain, 2, { atMost: 2, skip });
      assert.deepEqual(all, { total: 3, memberships: 4, assignments: 0 });
    }
  });

  it('are of the lists only that the run read whole', async () => {
    await readWhole(true, false);
    assert.deepEqual(await ids(), ['u2', 'u1']);
    await readWhole(false, true);
    assert.deepEqual(await ids(), ['g1']);
  });

  it('are apps and group rules too, once their list was read', async () => {
    await graph.set(
      `CREATE (:User {okta_domain: $domain, id: 'u4', last_seen_run: 2})-[:ASSIGNED_TO]->
                (:App {okta_domain: $domain, id: 'a1', label: 'Payroll', last_seen_run: 1}),
              (:GroupRule {okta_domain: $domain, id: 'r1', name: 'All', last_seen_run: 1}),
              (:GroupRule {okta_domain: $domain, id: 'r2', name: 'Seen', last_seen_run: 2})`,
    );
    assert.deepEqual(await ids(), []);
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: 2}) SET r.access_steps = ['rules', 'apps']`,
    );
    assert.deepEqual(await unseen(), [
      { label: 'App', id: 'a1', name: 'Payroll', email: null, memberships: 0, assignments: 1 },
      { label: 'GroupRule', id: 'r1', name: 'All', email: null, memberships: 0, assignments: 0 },
    ]);
  });

  it('are also what Okta has reported as not found, or could not answer for, each once', async () => {
    await graph.set(
      `MATCH (u:User {okta_domain: $domain, id: 'u1'}), (g:Group {okta_domain: $domain, id: 'g1'})
       SET u.denied_run = 2, g.denied_run = 1
       WITH u MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = ['u1', 'u3']`,
    );
    assert.deepEqual(await ids(), ['u3', 'u1', 'g1']);
    const first = await unseenBy(graph.db, graph.domain, 2, { atMost: 1, skip: 1 });
    assert.deepEqual(first.unseen[0]?.id, 'u1');
    const all = await unseenIds(graph.db, graph.domain, 2);
    assert.deepEqual([all.get('User')?.toSorted(), all.get('Group')], [['u1', 'u3'], ['g1']]);
  });

  it('are no users after an incremental run, which lists the changed ones only', async () => {
    await readWhole(true, false, 'incremental');
    assert.deepEqual(await ids(), []);
  });
});
