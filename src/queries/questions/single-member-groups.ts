import { EACH_GROUP, GROUP, GROUP_COLUMNS, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const singleMemberGroups: Question = {
  id: 'single-member-groups',
  question: 'Groups with a single member',
  why: 'Such a group is often a workaround for one person, or left over from a team.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_GROUP} AND COUNT { (g)<-[:MEMBER_OF]-() } = 1
MATCH (u:User)-[:MEMBER_OF]->(g)
RETURN ${GROUP}, g.type AS type, ${USER}, u.status AS status
ORDER BY group, group_id`,
  columns: [...GROUP_COLUMNS, 'type', ...USER_COLUMNS, 'status'],
  draw: `${EACH_GROUP} AND COUNT { (g)<-[:MEMBER_OF]-() } = 1
MATCH (u:User)-[m:MEMBER_OF]->(g)
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'CIS 6.8'],
};
