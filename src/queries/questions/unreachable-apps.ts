import { question } from '../question';
import { APP, EACH_APP, HAS_ACCESS } from '../reach';

export const unreachableApps = question({
  id: 'unreachable-apps',
  question: 'Apps without users',
  why: 'An app that nobody has, neither directly nor through a group, may still hold data, secrets and a paid license.',
  scope: 'org',
  access: ['apps'],
  find: `${EACH_APP}
  AND NOT EXISTS { MATCH (u:User)-[:ASSIGNED_TO]->(a) WHERE ${HAS_ACCESS} }
  AND NOT EXISTS { MATCH (u:User)-[:MEMBER_OF]->(:Group)-[:ASSIGNED_TO]->(a) WHERE ${HAS_ACCESS} }`,
  list: `RETURN ${APP}, a.status AS app_status, a.sign_on_mode AS sign_on_mode, COUNT { (a)<-[:ASSIGNED_TO]-(:Group) } AS groups,
       a.created AS created, a.last_updated AS last_updated
ORDER BY last_updated, app_id`,
  draw: `OPTIONAL MATCH (g:Group)-[e:ASSIGNED_TO]->(a)
RETURN g, e, a`,
  controls: ['ISO 27001 A.5.9', 'CIS 2.1'],
});
