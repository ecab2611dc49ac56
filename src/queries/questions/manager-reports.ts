import { NOT_EVERYONE, USER, person } from '../cypher';
import { question } from '../question';

export const managerReports = question({
  id: 'manager-reports',
  question: 'Direct reports of a manager and their groups',
  why: 'This is the list that a manager confirms in an access review.',
  scope: 'lookup',
  parameters: { person: { type: 'person', meaning: 'the manager' } },
  find: person('manager', 'person'),
  list: `MATCH (u:User)-[:REPORTS_TO]->(manager)
OPTIONAL MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
WITH manager, u, g ORDER BY g.name
RETURN manager.display_name AS manager, ${USER}, u.title AS title, u.status AS status, count(g) AS groups,
       collect(g.name) AS group_names
ORDER BY person, user_id`,
  draw: `MATCH (u:User)-[line:REPORTS_TO]->(manager)
OPTIONAL MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN manager, line, u, m, g`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'PCI DSS 7.2.4'],
});
