import { EACH_USER, ENABLED, NOT_EVERYONE, USER } from '../cypher';
import { question } from '../question';

export const onlyEveryone = question({
  id: 'only-everyone',
  question: 'Enabled users in no group except Everyone',
  why: 'Either they need no access, or it was assigned to them directly, where a review of groups does not find it.',
  scope: 'org',
  find: `${EACH_USER} AND ${ENABLED} AND NOT EXISTS { MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE} }`,
  list: `RETURN ${USER}, u.status AS status, u.created AS created, u.last_login AS last_login
ORDER BY created, user_id`,
  draw: 'RETURN u',
  controls: ['ISO 27001 A.5.18', 'CIS 5.1'],
});
