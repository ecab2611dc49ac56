import { EACH_USER, GROUPS, NOT_EVERYONE, USER } from '../cypher';
import { question } from '../question';

export const leavers = question({
  id: 'leavers',
  question: 'Users who left, and the access they still have',
  why: "Compare it with HR's list of leavers: a deleted user has lost all groups, a deactivated one keeps them.",
  scope: 'org',
  needs: 'history',
  parameters: { since: { type: 'moment', meaning: 'left since', default: '30d' } },
  find: `CALL () {
  ${EACH_USER} AND u.status = 'DEPROVISIONED' AND u.status_changed >= $since
  RETURN u, 'deactivated' AS how, u.status_changed AS at
  UNION ALL
  MATCH (u:FormerUser) WHERE u.removed_at >= $since AND u.okta_domain = $domain
  RETURN u, 'deleted' AS how, u.removed_at AS at
}`,
  list: `RETURN ${USER}, how, at, u.department AS department, ${GROUPS},
       COUNT { (u)-[m:WAS_MEMBER_OF]->() WHERE m.valid_to >= $since AND m.ended_because IS NULL } AS groups_lost
ORDER BY at, user_id`,
  draw: `MATCH (u)-[m:MEMBER_OF|WAS_MEMBER_OF]->(g) WHERE ${NOT_EVERYONE} AND coalesce(m.valid_to >= $since, true)
RETURN u, m, g`,
  controls: ['ISO 27001 A.6.5', 'ISO 27001 A.5.18', 'SOC 2 CC6.2', 'NIST 800-53 PS-4', 'PCI DSS 8.2.5'],
});
