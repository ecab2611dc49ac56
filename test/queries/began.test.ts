import assert from 'node:assert/strict';
import { answer } from '../../src/queries/answer';
import { findQuestion } from '../../src/queries/registry';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';

const day = (ofMonth: number) => `2026-03-0${ofMonth}T00:00:00.000Z`;

describe('The time since when a user has an app or a role', () => {
  const graph = useGraph();

  /** The user is in four groups; membership and assignment began between two days, the first of which can be unknown. */
  beforeEach(async () => {
    await graph.begin();
    await graph.set(
      `CREATE (u:User {okta_domain: $domain, id: 'u1', status: 'ACTIVE'})
       CREATE (a:App {okta_domain: $domain, id: 'a1'}), (lone:App {okta_domain: $domain, id: 'a2'}),
              (r:AdminRole {okta_domain: $domain, id: 'SUPER_ADMIN'})
       CREATE (u)-[:ASSIGNED_TO {not_before: datetime($days[4]), valid_from: datetime($days[5])}]->(lone)
       WITH u, a, lone, r
       UNWIND [
         {id: 'member later', m: [5, 6], e: [2, 3]},
         {id: 'group later', m: [2, 3], e: [6, 7]},
         {id: 'member unknown', m: [null, 2], e: [3, 4]},
         {id: 'both unknown', m: [null, 3], e: [null, 2]}
       ] AS way
       CREATE (u)-[:MEMBER_OF {not_before: datetime($days[way.m[0]]), valid_from: datetime($days[way.m[1]])}]->
         (g:Group {okta_domain: $domain, id: way.id, name: way.id})
       CREATE (g)-[e:ASSIGNED_TO {not_before: datetime($days[way.e[0]]), valid_from: datetime($days[way.e[1]])}]->(a)
       CREATE (g)-[h:HAS_ROLE {not_before: e.not_before, valid_from: e.valid_from, resource_set: way.id}]->(r)
       FOREACH (each IN CASE WHEN way.id STARTS WITH 'group' THEN [lone] ELSE [] END |
         CREATE (g)-[again:ASSIGNED_TO]->(each) SET again = properties(e))`,
      { days: [0, 1, 2, 3, 4, 5, 6, 7].map((each) => (each === 0 ? null : day(each))) },
    );
  });

  async function began(id: string, given: Record<string, string>, name: string) {
    const question = findQuestion(id);
    assert.ok(question);
    const { rows } = await answer(graph.db, question, {
      domain: graph.domain,
      given: Object.fromEntries(Object.entries(given).map(([each, value]) => [each, [value]])),
      now: new Date(day(9)),
      historyRetentionMs: 0,
    });
    return Object.fromEntries(
      rows.map((row) => [String(row[name] ?? 'direct'), [row['began_after'], row['began_by']]]),
    );
  }

  const WAYS = {
    'member later': [day(5), day(6)],
    'group later': [day(6), day(7)],
    'member unknown': [day(3), day(4)],
    'both unknown': [null, day(3)],
  };

  it('is when both the membership and the assignment existed', async () => {
    assert.deepEqual(await began('app-people', { app: 'a1' }, 'group'), WAYS);
    assert.deepEqual(await began('admins', {}, 'group'), WAYS);
    const { direct, 'group later': through } = await began('person-apps', { person: 'u1' }, 'group');
    assert.deepEqual([direct, through], [[day(4), day(5)], WAYS['group later']]);
  });

  it('is, for a group, when it was given the role', async () => {
    const { 'member later': later, 'both unknown': unknown } = await began('admin-groups', {}, 'group');
    assert.deepEqual(
      [later, unknown],
      [
        [day(2), day(3)],
        [null, day(2)],
      ],
    );
  });

  it('is the earliest way in a blast radius, and not before an unknown time if that of any way is unknown', async () => {
    const reached = await began('blast-radius', { person: 'u1' }, 'id');
    assert.deepEqual(reached['a2'], [day(4), day(5)]);
    assert.deepEqual(reached['a1'], [null, day(3)]);
    assert.deepEqual(reached['member later'], [day(5), day(6)]);
    const roles = await began('blast-radius', { person: 'u1' }, 'resource_set');
    assert.deepEqual(roles['group later'], [day(6), day(7)]);
  });
});
