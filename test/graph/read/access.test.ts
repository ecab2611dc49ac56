import assert from 'node:assert/strict';
import {
  accessKindsOf,
  accessList,
  accessNode,
  openedBy,
  searchAccess,
} from '../../../src/graph/read/access';
import { neighbors } from '../../../src/graph/read/explore';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('Apps, admin roles and group rules in the graph', () => {
  const graph = useGraph();

  beforeEach(() =>
    graph.set(
      `UNWIND [['a1', 'slack'], ['a2', 'Zoom'], ['a3', 'Box'], ['a4', 'Slack old']] AS app
       CREATE (:App {okta_domain: $domain, id: app[0], label: app[1]})
       WITH count(*) AS apps
       CREATE (unused:AdminRole {okta_domain: $domain, id: 'r0', label: 'Unused'})
       CREATE (role:AdminRole {okta_domain: $domain, id: 'r1', label: 'Helper'})
       CREATE (u:User {okta_domain: $domain, id: 'u1', display_name: 'Ada'})
       CREATE (g:Group {okta_domain: $domain, id: 'g1', name: 'Team'})
       CREATE (u)-[:MEMBER_OF]->(g)
       CREATE (u)-[:HAS_ROLE {assignment_id: '1', resource_set: 'iam1'}]->(role)
       CREATE (u)-[:HAS_ROLE {assignment_id: '2', resource_set: 'iam2'}]->(role)
       CREATE (:GroupRule {okta_domain: $domain, id: 'p1', name: 'Rule', excluded_users: ['u1', 'gone'], excluded_groups: ['g1']})`,
    ),
  );

  const names = (rows: readonly { name: string | null }[]) => rows.map(({ name }) => name);
  const all = { skip: 0, atMost: 10 };

  it('are listed by name in any case', async () => {
    const { items } = await accessList(graph.db, graph.domain, 'apps', all);
    assert.deepEqual(names(items), ['Box', 'slack', 'Slack old', 'Zoom']);
  });

  it('have no admin role that nobody has', async () => {
    const { items } = await accessList(graph.db, graph.domain, 'roles', all);
    assert.deepEqual(names(items), ['Helper']);
    assert.deepEqual(await searchAccess(graph.db, [graph.domain], 'unused', 10), []);
    assert.deepEqual(await accessKindsOf(graph.db, graph.domain), ['apps', 'roles', 'rules']);
    await graph.set('MATCH (:User {okta_domain: $domain})-[e:HAS_ROLE]->() DELETE e');
    assert.deepEqual(await accessKindsOf(graph.db, graph.domain), ['apps', 'rules']);
  });

  it('are found by a part of their name in any case, or by their id, in the orgs asked for', async () => {
    const find = async (text: string) => names(await searchAccess(graph.db, [graph.domain], text, 10));
    assert.deepEqual(await find('LAC'), ['slack', 'Slack old']);
    assert.deepEqual(await find(' p1 '), ['Rule']);
    assert.deepEqual(await find('e'), ['Helper', 'Rule']);
    assert.deepEqual(await searchAccess(graph.db, [graph.newDomain()], 'slack', 10), []);
  });

  it('show the resource set of each assignment of a role', async () => {
    const role = await accessNode(graph.db, graph.domain, { kind: 'roles', id: 'r1', atMost: 10 });
    assert.deepEqual(role?.assigned.map(({ resourceSet }) => resourceSet).sort(), ['iam1', 'iam2']);
    assert.equal(role?.people, 1);
    const drawn = await neighbors(graph.db, graph.domain, { label: 'AdminRole', id: 'r1' }, 10);
    assert.deepEqual([drawn?.neighbors.length, drawn?.total], [1, 1]);
  });

  it('show whom a rule excludes, with a name where the graph has one', async () => {
    const ada = { id: 'u1', name: 'Ada', isKnown: true };
    const gone = { id: 'gone', name: null, isKnown: false };
    const team = { id: 'g1', name: 'Team', isKnown: true };
    const excluded = async (atMost: number) =>
      (await accessNode(graph.db, graph.domain, { kind: 'rules', id: 'p1', atMost }))?.excluded;
    assert.deepEqual(await excluded(10), [
      { label: 'User', total: 2, shown: [ada, gone] },
      { label: 'Group', total: 1, shown: [team] },
    ]);
    assert.deepEqual((await excluded(1))?.[0], { label: 'User', total: 2, shown: [ada] });
  });

  it('of a user are counted, also those that are not shown', async () => {
    await graph.set(
      `MATCH (g:Group {okta_domain: $domain}), (a:App {okta_domain: $domain}) CREATE (g)-[:ASSIGNED_TO]->(a)`,
    );
    const { apps, roles, opened } = await openedBy(graph.db, graph.domain, {
      label: 'User',
      id: 'u1',
      atMost: 2,
    });
    assert.deepEqual([apps, roles, names(opened)], [4, 1, ['Helper', 'Box']]);
  });

  it('are drawn with their groups before their users', async () => {
    await graph.set(
      `MATCH (g:Group {okta_domain: $domain}), (a:App {okta_domain: $domain, id: 'a1'})
       CREATE (g)-[:ASSIGNED_TO]->(a)
       WITH a UNWIND range(1, 5) AS i
       CREATE (:User {okta_domain: $domain, id: 'other' + i})-[:ASSIGNED_TO]->(a)`,
    );
    const drawn = await neighbors(graph.db, graph.domain, { label: 'App', id: 'a1' }, 2);
    assert.deepEqual([drawn?.neighbors.map(({ id }) => id), drawn?.total], [['g1', 'other1'], 6]);
  });
});
