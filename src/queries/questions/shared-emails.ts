import { EACH_USER, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const sharedEmails = question({
  id: 'shared-emails',
  question: 'Users who share an email address',
  why: 'Either one person has two accounts, or several people receive their password links in one mailbox.',
  scope: 'org',
  find: `CALL () {
  ${EACH_USER} AND u.email IS NOT NULL
  WITH u.email AS shared, count(*) AS users WHERE users > 1
  RETURN shared, users
}
MATCH (u:User {okta_domain: $domain, email: shared})`,
  list: `RETURN ${USER}, u.login AS login, u.status AS status, users
ORDER BY email, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.16', 'SOC 2 CC6.2', 'PCI DSS 8.2.1'],
});
