import assert from 'node:assert/strict';
import { integer } from '../../src/graph/values';
import { MAX_ROWS, picture } from '../../src/pictures/picture';
import { groupMembers } from '../../src/queries/questions/group-members';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';

describe('The picture of an answer', () => {
  const graph = useGraph();
  const draw = groupMembers.draw ?? assert.fail();
  const drawn = async (members: number) => {
    await graph.set(
      `CREATE (g:Group {okta_domain: $domain, id: 'g', name: 'Team'})
       WITH g UNWIND range(1, $members) AS i
       CREATE (:User {okta_domain: $domain, id: 'u' + i, display_name: 'User ' + i})-[:MEMBER_OF]->(g)`,
      { members: integer(members) },
    );
    const asking = {
      domain: graph.domain,
      given: { group: ['g'] },
      now: new Date(),
      historyRetentionMs: 0,
    };
    return picture(graph.db, { ...groupMembers, draw }, asking, 'Members');
  };

  it('has a title that says so when it does not show all', async () => {
    const { svg, users, isCut } = await drawn(MAX_ROWS + 1);
    assert.deepEqual([users, isCut], [MAX_ROWS, true]);
    assert.match(svg, /aria-label="Members: not all, the first 300 rows"/);
  });

  it('has no such title when it shows all', async () => {
    const { svg, users, isCut } = await drawn(3);
    assert.deepEqual([users, isCut], [3, false]);
    assert.match(svg, /aria-label="Members"/);
  });
});
