import { EACH_USER, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

const FOUND = `CALL () {
  ${EACH_USER} AND u.email IS NOT NULL
  WITH u.email AS shared, count(*) AS users WHERE users > 1
  RETURN shared, users
}
MATCH (u:User {okta_domain: $domain, email: shared})`;

export const sharedEmails: Question = {
  id: 'shared-emails',
  question: 'Users that share an email address',
  why: 'Either one person has two accounts, or several people receive their password links in one mailbox.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${FOUND}
RETURN ${USER}, u.login AS login, u.status AS status, users
ORDER BY email, user_id`,
  columns: [...USER_COLUMNS, 'login', 'status', 'users'],
  draw: `${FOUND}
MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.16', 'SOC 2 CC6.2', 'PCI DSS 8.2.1'],
};
