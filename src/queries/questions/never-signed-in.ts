import { EACH_USER, ENABLED, GROUPS, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const neverSignedIn: Question = {
  id: 'never-signed-in',
  question: 'Enabled users that have never signed in',
  why: 'An account that was never used is often not needed, and its first password may still be in a mailbox.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_USER} AND ${ENABLED} AND u.last_login IS NULL
RETURN ${USER}, u.status AS status, u.created AS created, u.activated AS activated, ${GROUPS}
ORDER BY created, user_id`,
  columns: [...USER_COLUMNS, 'status', 'created', 'activated', 'groups'],
  draw: `${EACH_USER} AND ${ENABLED} AND u.last_login IS NULL
MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'NIST 800-53 AC-2(3)', 'CIS 5.3'],
};
