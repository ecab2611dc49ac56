import { GROUP, USER, group } from '../cypher';
import { question } from '../question';

export const groupMembers = question({
  id: 'group-members',
  question: 'Members of a group',
  why: "This is the list that a group's owner checks in an access review.",
  scope: 'lookup',
  parameters: { group: { type: 'group', meaning: 'the group' } },
  find: `${group('g', 'group')}
MATCH (u:User)-[m:MEMBER_OF]->(g)`,
  list: `RETURN ${GROUP}, ${USER}, u.status AS status, u.department AS department, u.title AS title,
       m.not_before AS began_after, m.valid_from AS began_by
ORDER BY group_id, person, user_id`,
  draw: `RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6(7)', 'PCI DSS 7.2.4'],
});
