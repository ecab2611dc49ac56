import { question } from '../question';
import { APP, EACH_APP } from '../reach';

export const inactiveAppAssignments = question({
  id: 'inactive-app-assignments',
  question: 'Inactive apps that still have assignments',
  why: 'Okta keeps the assignments of a deactivated app: an activation restores all access at once.',
  scope: 'org',
  access: ['apps'],
  find: `${EACH_APP} AND a.status = 'INACTIVE' AND EXISTS { (a)<-[:ASSIGNED_TO]-() }`,
  list: `RETURN ${APP}, a.last_updated AS last_updated, COUNT { (a)<-[:ASSIGNED_TO]-(:User) } AS users,
       COUNT { (a)<-[:ASSIGNED_TO]-(:Group) } AS groups
ORDER BY last_updated, app_id`,
  draw: `MATCH (s)-[e:ASSIGNED_TO]->(a)
RETURN s, e, a`,
  controls: ['ISO 27001 A.5.18', 'CIS 2.1'],
});
