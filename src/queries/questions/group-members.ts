import { GROUP, GROUP_COLUMNS, USER, USER_COLUMNS, group } from '../cypher';
import type { Question } from '../question';

const FOUND = `${group('g', 'group')}
MATCH (u:User)-[m:MEMBER_OF]->(g)`;

export const groupMembers: Question = {
  id: 'group-members',
  question: 'Members of a group',
  why: "This is the list that a group's owner checks in an access review.",
  scope: 'lookup',
  needs: 'graph',
  parameters: { group: { type: 'group', meaning: 'the group' } },
  cypher: `${FOUND}
RETURN ${GROUP}, ${USER}, u.status AS status, u.department AS department, u.title AS title,
       m.not_before AS began_after, m.valid_from AS began_by
ORDER BY group_id, person, user_id`,
  columns: [...GROUP_COLUMNS, ...USER_COLUMNS, 'status', 'department', 'title', 'began_after', 'began_by'],
  draw: `${FOUND}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6(7)', 'PCI DSS 7.2.4'],
};
