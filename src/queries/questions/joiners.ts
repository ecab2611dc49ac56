import { EACH_USER, GROUPS, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const joiners = question({
  id: 'joiners',
  question: 'New users and their groups',
  why: 'Every new account and its groups should match a request.',
  scope: 'org',
  parameters: { since: { type: 'moment', meaning: 'created since', default: '30d' } },
  find: `${EACH_USER} AND u.created >= $since`,
  list: `RETURN ${USER}, u.created AS created, u.status AS status, u.department AS department, u.manager AS manager, ${GROUPS}
ORDER BY created, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.16', 'SOC 2 CC6.2', 'NIST 800-53 AC-2', 'CIS 6.1'],
});
