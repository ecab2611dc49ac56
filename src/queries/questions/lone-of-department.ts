import { EACH_GROUP, ENABLED, GROUP, NOT_EVERYONE, USER } from '../cypher';
import { question } from '../question';

export const loneOfDepartment = question({
  id: 'lone-of-department',
  question: 'Users who are the only member of their department in a group',
  why: 'Such a membership is often left over from a previous role or was granted by mistake.',
  scope: 'org',
  parameters: {
    smallest: { type: 'count', meaning: 'minimum number of members', default: '3' },
    largest: { type: 'count', meaning: 'maximum number of members', default: '50' },
  },
  find: `${EACH_GROUP} AND ${NOT_EVERYONE}
WITH g, COUNT { (g)<-[:MEMBER_OF]-() } AS members WHERE members >= $smallest AND members <= $largest
CALL (g) {
  MATCH (g)<-[:MEMBER_OF]-(u:User) WHERE u.department IS NOT NULL AND ${ENABLED}
  WITH u.department AS department, collect(u) AS people WHERE size(people) = 1
  RETURN head(people) AS u
}`,
  list: `RETURN ${USER}, u.department AS department, ${GROUP}, members
ORDER BY person, user_id, group, group_id`,
  draw: `MATCH (u)-[m:MEMBER_OF]->(g)
RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'NIST 800-53 AC-6'],
});
