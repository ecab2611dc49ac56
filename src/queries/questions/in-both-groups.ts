import { GROUP, GROUP_COLUMNS, USER, USER_COLUMNS, group } from '../cypher';
import type { Question } from '../question';

const FOUND = `${group('g', 'group')}
${group('h', 'other')}`;

export const inBothGroups: Question = {
  id: 'in-both-groups',
  question: 'Users in two groups that must not overlap (separation of duties)',
  why: 'Someone who can both request and approve a payment needs no accomplice.',
  scope: 'lookup',
  needs: 'graph',
  parameters: {
    group: { type: 'group', meaning: 'the first group' },
    other: { type: 'group', meaning: 'the second group' },
  },
  cypher: `${FOUND}
MATCH (g)<-[:MEMBER_OF]-(u:User)-[:MEMBER_OF]->(h)
RETURN ${USER}, u.status AS status, ${GROUP}, h.name AS other, h.id AS other_id
ORDER BY person, user_id, group_id, other_id`,
  columns: [...USER_COLUMNS, 'status', ...GROUP_COLUMNS, 'other', 'other_id'],
  draw: `${FOUND}
MATCH (g)<-[m:MEMBER_OF]-(u:User)-[n:MEMBER_OF]->(h)
RETURN u, m, g, n, h LIMIT $most`,
  controls: ['ISO 27001 A.5.3', 'SOC 2 CC6.3', 'NIST 800-53 AC-5'],
};
