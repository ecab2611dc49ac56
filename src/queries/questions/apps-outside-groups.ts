import { USER } from '../cypher';
import { question } from '../question';
import { APP, EACH_APP, groupsOf, inAny } from '../reach';

export const appsOutsideGroups = question({
  id: 'apps-outside-groups',
  question: 'Users with an app that none of their groups gives them',
  why: 'A review of groups does not find this access, and it stays when the user changes jobs.',
  scope: 'org',
  access: ['apps'],
  find: `${EACH_APP}
WITH a, ${groupsOf('a')} AS given
MATCH (u:User)-[e:ASSIGNED_TO]->(a) WHERE NOT ${inAny('given')}`,
  list: `RETURN ${USER}, u.status AS status, u.department AS department, ${APP}, a.status AS app_status,
       e.not_before AS began_after, e.valid_from AS began_by
ORDER BY app, app_id, person, user_id`,
  draw: 'RETURN u, e, a',
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6', 'CIS 6.8'],
});
