import { EACH_USER, ENABLED, USER } from '../cypher';
import { question } from '../question';

export const managersGone = question({
  id: 'managers-gone',
  question: 'Users whose manager is suspended or deactivated',
  why: 'Nobody can confirm the access of these users in a review.',
  scope: 'org',
  find: `${EACH_USER} AND ${ENABLED}`,
  list: `MATCH (u)-[:REPORTS_TO]->(manager:User) WHERE manager.status IN ['SUSPENDED', 'DEPROVISIONED']
RETURN ${USER}, u.title AS title, manager.display_name AS manager, manager.id AS manager_id, manager.status AS manager_status
ORDER BY manager_id, user_id`,
  draw: `MATCH (u)-[line:REPORTS_TO]->(manager:User) WHERE manager.status IN ['SUSPENDED', 'DEPROVISIONED']
RETURN u, line, manager`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3'],
});
