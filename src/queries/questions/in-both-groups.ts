import { GROUP, USER, group } from '../cypher';
import { question } from '../question';

export const inBothGroups = question({
  id: 'in-both-groups',
  question: 'Users in two groups that must not overlap (separation of duties)',
  why: 'Someone who can both request and approve a payment can commit fraud alone.',
  scope: 'lookup',
  parameters: {
    group: { type: 'group', meaning: 'the first group' },
    other: { type: 'group', meaning: 'the second group' },
  },
  find: `${group('g', 'group')}
${group('h', 'other')}`,
  list: `MATCH (g)<-[:MEMBER_OF]-(u:User)-[:MEMBER_OF]->(h)
RETURN ${USER}, u.status AS status, ${GROUP}, h.name AS other, h.id AS other_id
ORDER BY person, user_id, group_id, other_id`,
  draw: `MATCH (g)<-[m:MEMBER_OF]-(u:User)-[n:MEMBER_OF]->(h)
RETURN u, m, g, n, h`,
  controls: ['ISO 27001 A.5.3', 'SOC 2 CC6.3', 'NIST 800-53 AC-5'],
});
