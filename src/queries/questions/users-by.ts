import { EACH_USER, ENABLED } from '../cypher';
import type { Question } from '../question';

export const usersBy: Question = {
  id: 'users-by',
  question: 'Number of users by department or type',
  why: 'Shows gaps in the directory, and how many contractors have accounts.',
  scope: 'org',
  needs: 'graph',
  parameters: {
    by: {
      type: 'text',
      meaning: 'attribute to group by',
      default: 'department',
      choices: ['department', 'user_type', 'division', 'organization', 'title'],
    },
  },
  cypher: `${EACH_USER}
RETURN u[$by] AS value, count(*) AS users, count(CASE WHEN ${ENABLED} THEN 1 END) AS enabled
ORDER BY users DESC, value`,
  columns: ['value', 'users', 'enabled'],
  controls: ['CIS 5.1', 'NIST 800-53 AC-2'],
};
