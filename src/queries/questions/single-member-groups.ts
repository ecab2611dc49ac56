import { EACH_GROUP, GROUP, USER } from '../cypher';
import { question } from '../question';

export const singleMemberGroups = question({
  id: 'single-member-groups',
  question: 'Groups with a single member',
  why: 'Such a group is often a workaround for one person, or left over from a team.',
  scope: 'org',
  find: `${EACH_GROUP} AND COUNT { (g)<-[:MEMBER_OF]-() } = 1`,
  list: `MATCH (u:User)-[:MEMBER_OF]->(g)
RETURN ${GROUP}, g.type AS type, ${USER}, u.status AS status
ORDER BY group, group_id`,
  draw: `MATCH (u:User)-[m:MEMBER_OF]->(g)
RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'CIS 6.8'],
});
