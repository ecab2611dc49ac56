import { EACH_GROUP, GROUP, GROUP_COLUMNS, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

const FOUND = `${EACH_GROUP}
  AND CASE WHEN size($groups) > 0 THEN g.name IN $groups OR g.id IN $groups ELSE g.name =~ '(?i)' + $pattern END
MATCH (u:User)-[m:MEMBER_OF]->(g)`;

export const sensitiveGroups: Question = {
  id: 'sensitive-groups',
  question: 'Members of privileged groups',
  why: 'Users with privileged access should be few, known and reviewed often.',
  scope: 'org',
  needs: 'graph',
  parameters: {
    groups: { type: 'list', meaning: 'names or ids of groups; if empty, the pattern is used', default: '' },
    pattern: {
      type: 'pattern',
      meaning: 'regular expression that matches the whole name, case-insensitive',
      default: '.*(admin|root|owner|prod|payroll|vpn).*',
    },
  },
  cypher: `${FOUND}
RETURN ${GROUP}, ${USER}, u.status AS status, u.department AS department, m.valid_from AS began_by
ORDER BY group, group_id, person, user_id`,
  columns: [...GROUP_COLUMNS, ...USER_COLUMNS, 'status', 'department', 'began_by'],
  draw: `${FOUND}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.8.2', 'SOC 2 CC6.3', 'NIST 800-53 AC-2(7)', 'CIS 5.4'],
};
