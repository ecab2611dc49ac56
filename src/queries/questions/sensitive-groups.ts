import { EACH_GROUP, GROUP, USER } from '../cypher';
import { question } from '../question';

export const sensitiveGroups = question({
  id: 'sensitive-groups',
  question: 'Members of privileged groups',
  why: 'Users with privileged access should be few, known and reviewed often.',
  scope: 'org',
  parameters: {
    groups: { type: 'list', meaning: 'names or IDs of groups; if empty, the pattern is used', default: '' },
    pattern: {
      type: 'pattern',
      meaning: 'regular expression that matches the whole name, case-insensitive',
      default: '.*(admin|root|owner|prod|payroll|vpn).*',
    },
  },
  find: `${EACH_GROUP}
  AND CASE WHEN size($groups) > 0 THEN g.name IN $groups OR g.id IN $groups ELSE g.name =~ '(?i)' + $pattern END
MATCH (u:User)-[m:MEMBER_OF]->(g)`,
  list: `RETURN ${GROUP}, ${USER}, u.status AS status, u.department AS department, m.valid_from AS began_by
ORDER BY group, group_id, person, user_id`,
  draw: `RETURN u, m, g`,
  controls: ['ISO 27001 A.8.2', 'SOC 2 CC6.3', 'NIST 800-53 AC-2(7)', 'CIS 5.4'],
});
