import { EACH_USER, ENABLED, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const onlyEveryone: Question = {
  id: 'only-everyone',
  question: 'Enabled users in no group except Everyone',
  why: 'Either they need no access, or it was assigned to them directly, where a review of groups does not find it.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_USER} AND ${ENABLED} AND NOT EXISTS { MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE} }
RETURN ${USER}, u.status AS status, u.created AS created, u.last_login AS last_login
ORDER BY created, user_id`,
  columns: [...USER_COLUMNS, 'status', 'created', 'last_login'],
  draw: `${EACH_USER} AND ${ENABLED} AND NOT EXISTS { MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE} }
RETURN u LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'CIS 5.1'],
};
