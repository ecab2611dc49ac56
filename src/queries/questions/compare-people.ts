import { GROUP, person } from '../cypher';
import { question } from '../question';

export const comparePeople = question({
  id: 'compare-people',
  question: "Two users' group memberships compared",
  why: 'Access is often requested as "the same as my colleague": this shows what that grants, and what is too much.',
  scope: 'lookup',
  parameters: {
    person: { type: 'person', meaning: 'the first user' },
    other: { type: 'person', meaning: 'the second user' },
  },
  find: `${person('u', 'person')}
${person('v', 'other')}`,
  list: `CALL (u, v) {
  MATCH (u)-[:MEMBER_OF]->(g:Group) RETURN g
  UNION
  MATCH (v)-[:MEMBER_OF]->(g:Group) RETURN g
}
RETURN u.id AS user_id, v.id AS other_id, ${GROUP}, EXISTS { (u)-[:MEMBER_OF]->(g) } AS person_is_in,
       EXISTS { (v)-[:MEMBER_OF]->(g) } AS other_is_in
ORDER BY person_is_in AND other_is_in, person_is_in DESC, group, group_id`,
  draw: `UNWIND [u, v] AS each
MATCH (each)-[m:MEMBER_OF]->(g:Group)
RETURN each, m, g`,
  controls: ['ISO 27001 A.5.18', 'NIST 800-53 AC-6'],
});
