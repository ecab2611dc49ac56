import { USER } from '../cypher';
import { question } from '../question';
import { EACH_ROLE, ways } from '../reach';

export const riskyAdmins = question({
  id: 'risky-admins',
  question: 'Admins who are suspended, deactivated or have not signed in recently',
  why: 'A forgotten admin account is the most valuable one to take over; a deactivated user has a role again after reactivation if a group gives it.',
  scope: 'org',
  access: ['roles'],
  parameters: {
    since: { type: 'moment', meaning: 'no sign-in since', default: '90d' },
    reasons: {
      type: 'list',
      meaning: 'suspended, deactivated, never signed in, no recent sign-in; if empty, all of these',
      default: '',
    },
  },
  find: `${EACH_ROLE}
${ways({ from: 'r', to: 'u' })}
WITH *, CASE WHEN u.status = 'SUSPENDED' THEN 'suspended' WHEN u.status = 'DEPROVISIONED' THEN 'deactivated'
             WHEN u.last_login IS NULL THEN 'never signed in' WHEN u.last_login < $since THEN 'no recent sign-in' END AS reason
WHERE reason IS NOT NULL AND (size($reasons) = 0 OR reason IN $reasons)`,
  list: `WITH u, reason, r, g ORDER BY r.label, r.id, g.name, g.id
RETURN ${USER}, reason, u.status AS status, u.last_login AS last_login, collect(DISTINCT r.label) AS roles,
       collect(DISTINCT g.name) AS through_groups
ORDER BY last_login, user_id`,
  draw: 'RETURN u, m, g, e, r',
  controls: ['ISO 27001 A.8.2', 'SOC 2 CC6.2', 'NIST 800-53 AC-2(3)', 'CIS 5.3', 'CIS 5.4'],
});
