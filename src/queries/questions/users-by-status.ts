import { EACH_USER } from '../cypher';
import type { Question } from '../question';

export const usersByStatus: Question = {
  id: 'users-by-status',
  question: 'Number of users by status',
  why: 'Licenses are counted by these numbers.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_USER}
RETURN u.status AS status, count(*) AS users
ORDER BY users DESC, status`,
  columns: ['status', 'users'],
  controls: ['CIS 5.1', 'NIST 800-53 AC-2'],
};
