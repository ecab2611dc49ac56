import { NOT_EVERYONE, USER } from '../cypher';
import { question } from '../question';

export const movers = question({
  id: 'movers',
  question: 'Users who changed department and kept their old groups',
  why: 'Access accumulates when users change jobs, because old access is rarely removed.',
  scope: 'org',
  needs: 'history',
  parameters: { since: { type: 'moment', meaning: 'moved since', default: '30d' } },
  find: `MATCH (u:User)-[:CHANGED]->(c:UserChange)
WHERE c.at >= $since AND c.okta_domain = $domain AND 'department' IN c.fields
WITH u, c ORDER BY c.run
WITH u, collect(c) AS changes
WITH u, changes[0] AS first, changes[-1] AS latest
WHERE coalesce(first.department_before, '') <> coalesce(u.department, '')`,
  list: `OPTIONAL MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE} AND coalesce(m.opened_by < first.run, true)
WITH u, first, latest, g ORDER BY g.name
RETURN ${USER}, first.department_before AS department_before, u.department AS department, latest.at AS seen_at,
       count(g) AS groups_kept, collect(g.name) AS group_names
ORDER BY groups_kept DESC, user_id`,
  draw: `MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE} AND coalesce(m.opened_by < first.run, true)
RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 PS-5'],
});
