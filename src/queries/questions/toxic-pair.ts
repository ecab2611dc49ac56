import { USER, app } from '../cypher';
import { question } from '../question';
import { APP, HAS_ACCESS, groupsOf, inAny } from '../reach';

/** Names of what gives user `u` an app: groups, and `(direct)`. */
const through = (node: 'a' | 'b') =>
  `CASE WHEN EXISTS { (u)-[:ASSIGNED_TO]->(${node}) } THEN ['(direct)'] ELSE [] END
         + COLLECT { MATCH (u)-[:MEMBER_OF]->(g) WHERE g IN groups_${node} RETURN coalesce(g.name, g.id) AS name ORDER BY name }`;

export const toxicPair = question({
  id: 'toxic-pair',
  question: 'Users of two apps that must not overlap (separation of duties)',
  why: 'Someone who can both create a supplier and pay an invoice can commit fraud alone; groups that look harmless can add up to it.',
  scope: 'lookup',
  access: ['apps'],
  parameters: {
    app: { type: 'app', meaning: 'the first app' },
    other: { type: 'app', meaning: 'the second app' },
  },
  find: `${app('a', 'app')}
${app('b', 'other')}
WITH a, b, ${groupsOf('a')} AS groups_a, ${groupsOf('b')} AS groups_b
CALL (a) {
  MATCH (u:User)-[:ASSIGNED_TO]->(a) RETURN u
  UNION
  MATCH (u:User)-[:MEMBER_OF]->(:Group)-[:ASSIGNED_TO]->(a) RETURN u
}
WITH a, b, u, groups_a, groups_b WHERE ${HAS_ACCESS}
  AND (EXISTS { (u)-[:ASSIGNED_TO]->(b) } OR ${inAny('groups_b')})`,
  list: `RETURN ${USER}, u.status AS status, ${APP}, ${through('a')} AS through,
       b.label AS other, b.id AS other_id, ${through('b')} AS other_through
ORDER BY person, user_id, app_id, other_id`,
  draw: `UNWIND [a, b] AS each
OPTIONAL MATCH (u)-[own:ASSIGNED_TO]->(each)
OPTIONAL MATCH (u)-[m:MEMBER_OF]->(g:Group)-[e:ASSIGNED_TO]->(each)
RETURN u, own, m, g, e, each`,
  controls: ['ISO 27001 A.5.3', 'SOC 2 CC6.3', 'NIST 800-53 AC-5'],
});
