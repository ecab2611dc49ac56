import { question } from '../question';
import { APP, EACH_APP, groupsOf, inAny } from '../reach';

export const directAssignments = question({
  id: 'direct-assignments',
  question: 'Apps that users are assigned to one by one',
  why: 'Direct assignments do not end when a user leaves a group; those that a group gives too can be removed.',
  scope: 'org',
  access: ['apps'],
  find: `${EACH_APP} AND EXISTS { (a)<-[:ASSIGNED_TO]-(:User) }`,
  list: `WITH a, ${groupsOf('a')} AS given
CALL (a, given) {
  MATCH (u:User)-[:ASSIGNED_TO]->(a)
  RETURN count(*) AS users, count(CASE WHEN ${inAny('given')} THEN 1 END) AS also_through_groups
}
RETURN ${APP}, a.status AS app_status, users, also_through_groups, size(given) AS groups
ORDER BY users DESC, app_id`,
  draw: `MATCH (u:User)-[e:ASSIGNED_TO]->(a)
RETURN u, e, a`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'CIS 6.8'],
});
