import { EACH_USER, ENABLED, GROUPS, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const oldPasswords = question({
  id: 'old-passwords',
  question: 'Users who have not changed their password recently',
  why: 'The older a password, the likelier it has leaked; users who sign in elsewhere, such as with Active Directory, have no password in Okta and are not listed.',
  scope: 'org',
  parameters: { since: { type: 'moment', meaning: 'not changed since', default: '365d' } },
  find: `${EACH_USER} AND ${ENABLED} AND u.password_changed < $since`,
  list: `RETURN ${USER}, u.status AS status, u.password_changed AS password_changed, ${GROUPS}
ORDER BY password_changed, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.17', 'NIST 800-53 IA-5', 'PCI DSS 8.3.9'],
});
