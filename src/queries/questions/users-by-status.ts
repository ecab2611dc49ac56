import { EACH_USER } from '../cypher';
import { question } from '../question';

export const usersByStatus = question({
  id: 'users-by-status',
  question: 'Number of users by status',
  why: 'Helps to check license counts.',
  scope: 'org',
  find: EACH_USER,
  list: `RETURN u.status AS status, count(*) AS users
ORDER BY users DESC, status`,
  controls: ['CIS 5.1', 'NIST 800-53 AC-2'],
});
