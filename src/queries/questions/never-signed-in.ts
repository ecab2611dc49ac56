import { EACH_USER, ENABLED, GROUPS, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const neverSignedIn = question({
  id: 'never-signed-in',
  question: 'Enabled users who have never signed in',
  why: 'An account that was never used is often not needed, and its first password may still be in a mailbox.',
  scope: 'org',
  find: `${EACH_USER} AND ${ENABLED} AND u.last_login IS NULL`,
  list: `RETURN ${USER}, u.status AS status, u.created AS created, u.activated AS activated, ${GROUPS}
ORDER BY created, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'NIST 800-53 AC-2(3)', 'CIS 5.3'],
});
