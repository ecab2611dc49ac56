import assert from 'node:assert/strict';
import { neighbors, nodePage } from '../../src/graph/read/explore';
import { list } from '../../src/graph/read/nodeList';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';

describe('The pages of users and groups', () => {
  const graph = useGraph();

  beforeEach(() =>
    graph.set(
      `UNWIND [['u1', 'Ann', 'ACTIVE'], ['u2', 'Bob', 'DEPROVISIONED'], ['u3', 'Bob', 'ACTIVE'], ['u4', 'Cid', 'ACTIVE']] AS row
       CREATE (u:User {okta_domain: $domain, id: row[0], display_name: row[1], status: row[2]})
       WITH collect(u) AS users
       CREATE (g:Group {okta_domain: $domain, id: 'g1', name: 'All', type: 'BUILT_IN'}),
              (h:Group {okta_domain: $domain, id: 'g2', name: 'Few', type: 'OKTA_GROUP'})
       FOREACH (u IN users | CREATE (u)-[:MEMBER_OF]->(g))
       WITH users[0] AS first, h CREATE (first)-[:MEMBER_OF]->(h)`,
    ),
  );

  const page = async (request: { after?: string; kind?: string; atMost: number }) => {
    const { items, hasMore } = await list(graph.db, graph.domain, { label: 'User', ...request });
    return { ids: items.map(({ id }) => id), hasMore };
  };

  it('are read one after another by name, those of one name by id', async () => {
    assert.deepEqual(await page({ atMost: 2 }), { ids: ['u1', 'u2'], hasMore: true });
    assert.deepEqual(await page({ atMost: 2, after: 'u2' }), { ids: ['u3', 'u4'], hasMore: false });
    assert.deepEqual(await page({ atMost: 1, after: 'u1' }), { ids: ['u2'], hasMore: true });
  });

  it('have only those of a status where one is asked for', async () => {
    assert.deepEqual(await page({ atMost: 9, kind: 'DEPROVISIONED' }), { ids: ['u2'], hasMore: false });
  });

  it('show a node with its memberships by name, from where the page begins', async () => {
    const found = await nodePage(graph.db, graph.domain, { label: 'Group', id: 'g1', skip: 1, atMost: 2 });
    assert.equal(found?.total, 4);
    assert.equal(found.isDeleted, false);
    assert.deepEqual(
      found.memberships.map(({ id }) => id),
      ['u2', 'u3'],
    );
    assert.equal(
      await nodePage(graph.db, graph.domain, { label: 'Group', id: 'none', atMost: 2 }),
      undefined,
    );
  });

  it('show the neighbors of a node, the largest last and left out first', async () => {
    const all = await neighbors(graph.db, graph.domain, { label: 'User', id: 'u1' }, 5);
    assert.equal(all?.total, 2);
    assert.equal(all.node.id, 'u1');
    assert.deepEqual(
      all.neighbors.map(({ id }) => id),
      ['g2', 'g1'],
    );
    const one = await neighbors(graph.db, graph.domain, { label: 'User', id: 'u1' }, 1);
    assert.deepEqual(
      one?.neighbors.map(({ id }) => id),
      ['g2'],
    );
    assert.equal(await neighbors(graph.db, graph.domain, { label: 'User', id: 'none' }, 5), undefined);
  });
});
