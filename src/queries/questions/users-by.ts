import { EACH_USER, ENABLED } from '../cypher';
import { question } from '../question';

export const usersBy = question({
  id: 'users-by',
  question: 'Number of users by department or type',
  why: 'Shows gaps in the directory, and how many contractors have accounts.',
  scope: 'org',
  parameters: {
    by: {
      type: 'text',
      meaning: 'attribute to group by',
      default: 'department',
      choices: ['department', 'user_type', 'division', 'organization', 'title'],
    },
  },
  find: EACH_USER,
  list: `RETURN u[$by] AS value, count(*) AS users, count(CASE WHEN ${ENABLED} THEN 1 END) AS enabled
ORDER BY users DESC, value`,
  controls: ['CIS 5.1', 'NIST 800-53 AC-2'],
});
