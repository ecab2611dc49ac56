import { USER, person } from '../cypher';
import { question } from '../question';
import { FIRST_WAY_BEGAN, ways } from '../reach';

const THROUGH = `collect(DISTINCT coalesce(g.name, '(direct)')) AS through`;

export const blastRadius = question({
  id: 'blast-radius',
  question: 'What a taken-over account reaches: groups, apps, admin roles, reports',
  why: 'The first question of an incident; for a deactivated user it shows what a reactivation would give back.',
  scope: 'lookup',
  access: ['apps', 'roles'],
  parameters: { person: { type: 'person', meaning: 'the user' } },
  find: person('u', 'person'),
  list: `CALL (u) {
  MATCH (u)-[m:MEMBER_OF]->(g:Group)
  RETURN 'group' AS kind, g.name AS name, g.id AS id, null AS status, null AS resource_set, [] AS through,
       m.not_before AS began_after, m.valid_from AS began_by
  UNION ALL
  ${ways({ from: 'u', to: 'a' })}
  WITH a, e, g, m ORDER BY g.name
  RETURN 'app' AS kind, a.label AS name, a.id AS id, a.status AS status, null AS resource_set, ${THROUGH},
       ${FIRST_WAY_BEGAN}
  UNION ALL
  ${ways({ from: 'u', to: 'r' })}
  WITH r, e, g, m ORDER BY g.name
  RETURN 'admin role' AS kind, r.label AS name, r.id AS id, e.status AS status, e.resource_set AS resource_set, ${THROUGH},
       ${FIRST_WAY_BEGAN}
  UNION ALL
  MATCH (report:User)-[:REPORTS_TO]->(u)
  RETURN 'report' AS kind, report.display_name AS name, report.id AS id, report.status AS status, null AS resource_set, [] AS through,
       null AS began_after, null AS began_by
}
RETURN ${USER}, u.status AS user_status, kind, name, id, status, resource_set, through, began_after, began_by
ORDER BY user_id, kind, name, id, resource_set`,
  draw: `CALL (u) {
  MATCH (u)-[link:MEMBER_OF|ASSIGNED_TO|HAS_ROLE]->(other) RETURN link, other
  UNION ALL
  MATCH (u)-[:MEMBER_OF]->(:Group)-[link:ASSIGNED_TO|HAS_ROLE]->(other) RETURN link, other
  UNION ALL
  MATCH (u)<-[link:REPORTS_TO]-(other:User) RETURN link, other
}
RETURN u, link, other`,
  controls: ['ISO 27001 A.5.26', 'SOC 2 CC7.3', 'SOC 2 CC7.4', 'NIST 800-53 IR-4'],
});
