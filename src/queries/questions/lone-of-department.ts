import { EACH_GROUP, ENABLED, GROUP, GROUP_COLUMNS, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

const FOUND = `${EACH_GROUP} AND ${NOT_EVERYONE}
WITH g, COUNT { (g)<-[:MEMBER_OF]-() } AS members WHERE members >= $smallest AND members <= $largest
CALL (g) {
  MATCH (g)<-[:MEMBER_OF]-(u:User) WHERE u.department IS NOT NULL AND ${ENABLED}
  WITH u.department AS department, collect(u) AS people WHERE size(people) = 1
  RETURN head(people) AS u
}`;

export const loneOfDepartment: Question = {
  id: 'lone-of-department',
  question: 'Users who are the only member of their department in a group',
  why: 'Such a membership is often left over from an earlier job or was granted by mistake.',
  scope: 'org',
  needs: 'graph',
  parameters: {
    smallest: { type: 'count', meaning: 'minimum number of members', default: '3' },
    largest: { type: 'count', meaning: 'maximum number of members', default: '50' },
  },
  cypher: `${FOUND}
RETURN ${USER}, u.department AS department, ${GROUP}, members
ORDER BY person, user_id, group, group_id`,
  columns: [...USER_COLUMNS, 'department', ...GROUP_COLUMNS, 'members'],
  draw: `${FOUND}
MATCH (u)-[m:MEMBER_OF]->(g)
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'NIST 800-53 AC-6'],
};
