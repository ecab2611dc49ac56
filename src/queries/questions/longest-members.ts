import { GROUP, USER, group } from '../cypher';
import { question } from '../question';

export const longestMembers = question({
  id: 'longest-members',
  question: 'Longest-standing members of a group',
  why: 'Old access may never have been reviewed; for members found by the first read of the group, the start is unknown.',
  scope: 'lookup',
  needs: 'history',
  parameters: { group: { type: 'group', meaning: 'the group' } },
  find: `${group('g', 'group')}
MATCH (u:User)-[m:MEMBER_OF]->(g)`,
  list: `RETURN ${GROUP}, ${USER}, u.status AS status, m.not_before AS began_after, m.valid_from AS began_by
ORDER BY began_by IS NOT NULL, began_by, began_after IS NOT NULL, began_after, user_id`,
  draw: `WITH u, m, g ORDER BY m.valid_from IS NOT NULL, m.valid_from
RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'PCI DSS 7.2.4'],
});
