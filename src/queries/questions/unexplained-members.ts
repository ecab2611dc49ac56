import { GROUP, USER } from '../cypher';
import { question } from '../question';
import { EXPLAINS_ALL, RULE_GROUPS, UNEXPLAINED } from '../reach';

export const unexplainedMembers = question({
  id: 'unexplained-members',
  question: 'Members of rule-filled groups that no rule can have added',
  why: 'They were added manually, by an app, or by a rule that has changed since; members that a rule may have added are not listed, since Okta does not report why a user is a member.',
  scope: 'org',
  access: ['rules'],
  find: `${RULE_GROUPS}
WHERE NOT ${EXPLAINS_ALL}
MATCH (u:User)-[m:MEMBER_OF]->(g) WHERE ${UNEXPLAINED}`,
  list: `RETURN ${GROUP}, ${USER}, u.status AS status,
       CASE WHEN size(active) > 0 THEN 'excluded by all active rules' ELSE 'no active rule' END AS reason,
       m.not_before AS began_after, m.valid_from AS began_by
ORDER BY group, group_id, person, user_id`,
  draw: 'RETURN u, m, g',
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3'],
});
