import { USER } from '../cypher';
import { question } from '../question';
import { EACH_ROLE, HAS_ACCESS, ROLE, WAY, WAY_BEGAN, ways } from '../reach';

export const admins = question({
  id: 'admins',
  question: 'Admins by role, directly and through groups',
  why: 'Admins should be few, known and reviewed often; a group that gives a role hides them in its members.',
  scope: 'org',
  access: ['roles'],
  find: `${EACH_ROLE}
${ways({ from: 'r', to: 'u' })}
WITH * WHERE ${HAS_ACCESS}`,
  list: `RETURN ${ROLE}, ${USER}, u.status AS status, u.last_login AS last_login, ${WAY},
       ${WAY_BEGAN}
ORDER BY role, role_id, person, user_id, is_direct DESC, group_id, resource_set`,
  draw: 'RETURN u, m, g, e, r',
  controls: [
    'ISO 27001 A.8.2',
    'SOC 2 CC6.3',
    'NIST 800-53 AC-2(7)',
    'NIST 800-53 AC-6(5)',
    'CIS 5.4',
    'PCI DSS 7.2.4',
  ],
});
