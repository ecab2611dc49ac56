import { EACH_USER, ENABLED, GROUPS, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

const FOUND = `${EACH_USER} AND ${ENABLED}
  AND coalesce(u.last_login < $since, true) AND NOT coalesce(coalesce(u.activated, u.created) >= $since, false)`;

export const inactiveUsers: Question = {
  id: 'inactive-users',
  question: 'Enabled users that have not signed in recently',
  why: 'Nobody notices when an unused account is taken over; sign-in times are as of the last full run, because Okta does not report a sign-in as a change of the user.',
  scope: 'org',
  needs: 'graph',
  parameters: { since: { type: 'moment', meaning: 'no sign-in since', default: '90d' } },
  cypher: `${FOUND}
RETURN ${USER}, u.status AS status, u.last_login AS last_login, ${GROUPS}
ORDER BY groups DESC, user_id`,
  columns: [...USER_COLUMNS, 'status', 'last_login', 'groups'],
  draw: `${FOUND}
MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'NIST 800-53 AC-2(3)', 'CIS 5.3', 'PCI DSS 8.2.6'],
};
