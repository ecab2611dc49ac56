import assert from 'node:assert/strict';
import { answer } from '../../src/queries/answer';
import type { Given } from '../../src/queries/parameters';
import { findQuestion } from '../../src/queries/registry';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';

const AT = '2026-03-04T05:06:07.000Z';
const JUST_AFTER = '2026-03-04T05:06:08.000Z';

describe('Changes between two dates', () => {
  const graph = useGraph();

  beforeEach(async () => {
    await graph.begin();
    await graph.set(
      `CREATE (g:Group {okta_domain: $domain, id: '00g1', name: 'G', memberships_changed_run: 1})
       CREATE (joined:User {okta_domain: $domain, id: '00u1'})-[:MEMBER_OF {not_before: datetime('2026-01-01'), valid_from: datetime($at)}]->(g)
       CREATE (left:User {okta_domain: $domain, id: '00u2'})-[:WAS_MEMBER_OF {valid_from: datetime('2026-01-01'), ended_after: datetime('2026-01-01'), valid_to: datetime($at)}]->(g)
       CREATE (both:User {okta_domain: $domain, id: '00u3'})-[:WAS_MEMBER_OF {not_before: datetime('2026-01-01'), valid_from: datetime($at), ended_after: datetime($at), valid_to: datetime('2026-04-01')}]->(g)`,
      { at: AT },
    );
  });

  async function rowsOf(id: string, until: string, group: Given = {}) {
    const question = findQuestion(id);
    assert.ok(question);
    const asking = { domain: graph.domain, now: new Date(), historyRetentionMs: 1 };
    const given = { ...group, since: ['2026-02-01T00:00:00Z'], until: [until] };
    return (await answer(graph.db, question, { ...asking, given })).rows;
  }

  for (const [id, group] of [
    ['membership-changes', {}],
    ['group-changes', { group: ['00g1'] }],
  ] as const) {
    it(`exclude those at the second date: ${id}`, async () => {
      assert.deepEqual(await rowsOf(id, AT, group), []);
      const changed = (await rowsOf(id, JUST_AFTER, group)).map((row) => [row['change'], row['user_id']]);
      assert.deepEqual(changed, [
        ['added', '00u1'],
        ['added', '00u3'],
        ['removed', '00u2'],
      ]);
    });
  }

  it('exclude those at the second date: group-churn', async () => {
    assert.deepEqual(await rowsOf('group-churn', AT), []);
    const [row] = await rowsOf('group-churn', JUST_AFTER);
    assert.deepEqual([row?.['added'], row?.['removed']], [2, 1]);
  });
});
