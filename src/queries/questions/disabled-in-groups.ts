import { EACH_USER, NOT_EVERYONE, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const disabledInGroups = question({
  id: 'disabled-in-groups',
  question: 'Suspended or deactivated users who still have group memberships',
  why: 'Okta keeps the memberships of suspended and deactivated users: reactivation restores all access at once, and applications that read groups may not check the status. The groups are without the built-in Everyone, which has every user.',
  scope: 'org',
  find: `${EACH_USER} AND u.status IN ['SUSPENDED', 'DEPROVISIONED']`,
  list: `MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
WITH u, g ORDER BY g.name
RETURN ${USER}, u.status AS status, u.status_changed AS status_changed, count(g) AS groups, collect(g.name) AS group_names
ORDER BY groups DESC, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'NIST 800-53 PS-4', 'CIS 6.2', 'PCI DSS 8.2.5'],
});
