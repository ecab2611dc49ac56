import { USER, person } from '../cypher';
import { question } from '../question';
import { APP, HAS_ACCESS, WAY, WAY_BEGAN, ways } from '../reach';

export const personApps = question({
  id: 'person-apps',
  question: "A user's apps, directly and through groups",
  why: 'Shows what an account can open and which assignment gives it, for a role change or a review; a deactivated user has no apps.',
  scope: 'lookup',
  leavesOutDeactivated: true,
  access: ['apps'],
  parameters: { person: { type: 'person', meaning: 'the user' } },
  find: `${person('u', 'person')}
WITH u WHERE ${HAS_ACCESS}
${ways({ from: 'u', to: 'a' })}`,
  list: `RETURN ${USER}, u.status AS status, ${APP}, a.status AS app_status, ${WAY},
       ${WAY_BEGAN}
ORDER BY user_id, app, app_id, is_direct DESC, group, group_id`,
  draw: 'RETURN u, m, g, e, a',
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6(7)', 'PCI DSS 7.2.4'],
});
