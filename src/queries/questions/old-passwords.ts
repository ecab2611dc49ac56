import { EACH_USER, ENABLED, GROUPS, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const oldPasswords: Question = {
  id: 'old-passwords',
  question: 'Users whose password is older than a year',
  why: 'The older a password, the likelier it has leaked; users who sign in elsewhere, such as with Active Directory, have no password in Okta and are not listed.',
  scope: 'org',
  needs: 'graph',
  parameters: { since: { type: 'moment', meaning: 'not changed since', default: '365d' } },
  cypher: `${EACH_USER} AND ${ENABLED} AND u.password_changed < $since
RETURN ${USER}, u.status AS status, u.password_changed AS password_changed, ${GROUPS}
ORDER BY password_changed, user_id`,
  columns: [...USER_COLUMNS, 'status', 'password_changed', 'groups'],
  draw: `${EACH_USER} AND ${ENABLED} AND u.password_changed < $since
MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.17', 'NIST 800-53 IA-5', 'PCI DSS 8.3.9'],
};
