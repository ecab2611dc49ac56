import { GROUP } from '../cypher';
import { question } from '../question';
import { EACH_ROLE, HAS_ACCESS, ROLE } from '../reach';

export const adminGroups = question({
  id: 'admin-groups',
  question: 'Groups that give an admin role',
  why: 'Whoever can add members to such a group can make admins.',
  scope: 'org',
  access: ['roles'],
  find: `${EACH_ROLE}
MATCH (g:Group)-[e:HAS_ROLE]->(r)`,
  list: `RETURN ${GROUP}, g.type AS type, ${ROLE}, COUNT { MATCH (u:User)-[:MEMBER_OF]->(g) WHERE ${HAS_ACCESS} } AS admins,
       e.not_before AS began_after, e.valid_from AS began_by
ORDER BY admins DESC, group_id, role_id, resource_set`,
  draw: `OPTIONAL MATCH (u:User)-[m:MEMBER_OF]->(g)
RETURN u, m, g, e, r`,
  controls: ['ISO 27001 A.8.2', 'SOC 2 CC6.3', 'NIST 800-53 AC-6(5)', 'CIS 5.4'],
});
