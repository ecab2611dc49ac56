import { EACH_USER, ENABLED, GROUPS, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const inactiveUsers = question({
  id: 'inactive-users',
  question: 'Enabled users who have not signed in recently',
  why: 'Nobody notices when an unused account is taken over; sign-in times are as of the last complete user list, because Okta does not report a sign-in as a change of the user.',
  scope: 'org',
  parameters: { since: { type: 'moment', meaning: 'no sign-in since', default: '90d' } },
  find: `${EACH_USER} AND ${ENABLED}
  AND coalesce(u.last_login < $since, true) AND NOT coalesce(coalesce(u.activated, u.created) >= $since, false)`,
  list: `RETURN ${USER}, u.status AS status, u.last_login AS last_login, ${GROUPS}
ORDER BY groups DESC, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'NIST 800-53 AC-2(3)', 'CIS 5.3', 'PCI DSS 8.2.6'],
});
