import assert from 'node:assert/strict';
import { reportingLine, similarGroups, sizeOverTime } from '../../../src/graph/read/surroundings';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('What surrounds a user or group', () => {
  const graph = useGraph();

  it('is the manager, and the number of direct reports', async () => {
    await graph.set(
      `CREATE (boss:User {okta_domain: $domain, id: 'u1', display_name: 'Ada'})
       CREATE (u:User {okta_domain: $domain, id: 'u2'})-[:REPORTS_TO]->(boss)
       CREATE (:User {okta_domain: $domain, id: 'u3'})-[:REPORTS_TO]->(boss)`,
    );
    assert.deepEqual(await reportingLine(graph.db, graph.domain, 'u2'), {
      manager: { id: 'u1', name: 'Ada' },
      reports: 0,
    });
    assert.deepEqual(await reportingLine(graph.db, graph.domain, 'u1'), { manager: null, reports: 2 });
    assert.equal(await reportingLine(graph.db, graph.domain, 'nobody'), undefined);
  });

  it('is the size of a group on each day it changed, also of members that Okta has deleted', async () => {
    await graph.set(
      `CREATE (g:Group {okta_domain: $domain, id: 'g1'})
       CREATE (:User {okta_domain: $domain, id: 'first'})-[:MEMBER_OF {valid_from: datetime('2026-11-01T08:00Z')}]->(g)
       CREATE (:User {okta_domain: $domain, id: 'joined'})
         -[:MEMBER_OF {not_before: datetime('2026-11-09T08:00Z'), valid_from: datetime('2026-11-10T08:00Z')}]->(g)
       CREATE (:FormerUser {okta_domain: $domain, id: 'left'})
         -[:WAS_MEMBER_OF {valid_from: datetime('2026-11-01T08:00Z'), valid_to: datetime('2026-11-20T08:00Z')}]->(g)`,
    );
    const sizes = await sizeOverTime(graph.db, graph.domain, 'g1');
    assert.deepEqual(
      sizes?.map(({ dayMs, members }) => [new Date(dayMs).toISOString().slice(0, 10), members]),
      [
        ['1970-01-01', 2],
        ['2026-11-10', 3],
        ['2026-11-20', 2],
      ],
    );
    assert.equal(await sizeOverTime(graph.db, graph.domain, 'nothing'), undefined);
  });

  it('is the groups with nearly the same members, most alike first, without Everyone', async () => {
    await graph.set(
      `UNWIND [['g1', 20], ['same', 20], ['near', 19], ['half', 10], ['two', 2], ['alsoTwo', 2], ['Everyone', 21]] AS of
       CREATE (g:Group {okta_domain: $domain, id: of[0], name: 'The ' + of[0],
         type: CASE of[0] WHEN 'Everyone' THEN 'BUILT_IN' ELSE 'OKTA_GROUP' END})
       WITH g, of[1] AS size UNWIND range(1, size) AS i
       MERGE (u:User {okta_domain: $domain, id: 'u' + i})
       CREATE (u)-[:MEMBER_OF]->(g)`,
    );
    assert.deepEqual(await similarGroups(graph.db, graph.domain, 'g1'), [
      { id: 'same', name: 'The same', members: 20, likeness: 1 },
      { id: 'near', name: 'The near', members: 19, likeness: 0.95 },
    ]);
    assert.deepEqual(await similarGroups(graph.db, graph.domain, 'two'), []);
  });
});
