import { EACH_USER } from '../cypher';
import type { Question } from '../question';

export const usersByStatus: Question = {
  id: 'users-by-status',
  question: 'How many users are there of each status?',
  why: 'The first number that is asked for, and the one that licences are counted by.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_USER}
RETURN u.status AS status, count(*) AS users
ORDER BY users DESC, status`,
  columns: ['status', 'users'],
  controls: ['CIS 5.1', 'NIST 800-53 AC-2'],
};
