import { EACH_USER, NOT_EVERYONE, USER } from '../cypher';
import { question } from '../question';
import { APP, ways } from '../reach';

export const leaversAccess = question({
  id: 'leavers-access',
  question: 'Apps of suspended and deactivated users',
  why: 'A suspended user keeps all apps, and a deactivated one stays in groups, so that a reactivation gives all of their apps back at once; what everyone has is not listed.',
  scope: 'org',
  access: ['apps'],
  find: `${EACH_USER} AND u.status IN ['SUSPENDED', 'DEPROVISIONED']
${ways({ from: 'u', to: 'a', where: NOT_EVERYONE })}`,
  list: `RETURN ${USER}, u.status AS status, u.status_changed AS status_changed, ${APP}, a.status AS app_status,
       u.status = 'DEPROVISIONED' AS is_after_reactivation, g IS NULL AS is_direct, g.name AS group, g.id AS group_id
ORDER BY status_changed, user_id, app, app_id, is_direct DESC, group_id`,
  draw: 'RETURN u, m, g, e, a',
  controls: [
    'ISO 27001 A.5.18',
    'ISO 27001 A.6.5',
    'SOC 2 CC6.2',
    'NIST 800-53 PS-4',
    'CIS 6.2',
    'PCI DSS 8.2.5',
  ],
});
