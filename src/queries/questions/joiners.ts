import { EACH_USER, GROUPS, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const joiners: Question = {
  id: 'joiners',
  question: 'New users and their groups',
  why: 'Every new account and its groups should match a request.',
  scope: 'org',
  needs: 'graph',
  parameters: { since: { type: 'moment', meaning: 'created since', default: '30d' } },
  cypher: `${EACH_USER} AND u.created >= $since
RETURN ${USER}, u.created AS created, u.status AS status, u.department AS department, u.manager AS manager, ${GROUPS}
ORDER BY created, user_id`,
  columns: [...USER_COLUMNS, 'created', 'status', 'department', 'manager', 'groups'],
  draw: `${EACH_USER} AND u.created >= $since
MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.16', 'SOC 2 CC6.2', 'NIST 800-53 AC-2', 'CIS 6.1'],
};
