import { STATUS_NOW, USER } from '../cypher';
import { question } from '../question';
import { EACH_ROLE, WAY, WAY_LIMITS, waysEver } from '../reach';

export const newSuperAdmins = question({
  id: 'new-super-admins',
  question: 'Super admins added recently',
  why: 'Every new super admin should match a request; those found by the first read of admin roles are not listed, and members found by the first read of a group only if the group was created in the period.',
  scope: 'org',
  needs: 'history',
  access: ['roles'],
  parameters: { since: { type: 'moment', meaning: 'added since', default: '90d' } },
  find: `CALL () {
  ${EACH_ROLE}
  MATCH ()-[given:HAS_ROLE|HAD_ROLE]->(r)
  RETURN min(given.opened_by) AS first_run
}
${EACH_ROLE} AND r.type = 'SUPER_ADMIN'
${waysEver({ from: 'r', to: 'u' })}
WITH *, coalesce(m.valid_from > e.valid_from, false) AS is_by_membership
WHERE CASE WHEN is_by_membership
  THEN m.valid_from >= $since AND (m.not_before IS NOT NULL OR coalesce(g.created >= $since, false))
  ELSE e.valid_from >= $since AND e.opened_by > first_run END`,
  list: `RETURN ${USER}, ${STATUS_NOW}, ${WAY},
       CASE WHEN is_by_membership THEN 'joined the group' WHEN g IS NULL THEN 'was given the role' ELSE 'the group was given the role' END AS how,
       ${WAY_LIMITS}
ORDER BY began_by, user_id, group_id`,
  draw: 'RETURN u, m, g, e, r',
  controls: ['ISO 27001 A.8.2', 'SOC 2 CC6.3', 'NIST 800-53 AC-2(4)', 'CIS 5.4'],
});
