import { EACH_GROUP, GROUP, GROUP_COLUMNS, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

const FOUND = `${EACH_GROUP}
  AND CASE WHEN size($groups) > 0 THEN g.name IN $groups OR g.id IN $groups ELSE g.name =~ '(?i)' + $pattern END
MATCH (u:User)-[m:MEMBER_OF]->(g)`;

export const sensitiveGroups: Question = {
  id: 'sensitive-groups',
  question: 'Who is in the groups that matter most?',
  why: 'Those who can do the most harm are to be few, known and looked at often. Name the groups, or a pattern that their names follow.',
  scope: 'org',
  needs: 'graph',
  parameters: {
    groups: { type: 'list', meaning: 'names or ids of groups; none: those of the pattern', default: '' },
    pattern: {
      type: 'pattern',
      meaning: 'regular expression for whole names, in any case',
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
