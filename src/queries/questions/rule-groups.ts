import { GROUP } from '../cypher';
import { question } from '../question';
import { RULE_GROUPS, UNEXPLAINED } from '../reach';

export const ruleGroups = question({
  id: 'rule-groups',
  question: 'Groups that rules add users to',
  why: 'Okta does not report why a user is a member, and rules are not evaluated here: `unexplained` counts members that no rule can have added now, since none is active or all exclude the user; any other may have been added by a rule or manually.',
  scope: 'org',
  access: ['rules'],
  find: RULE_GROUPS,
  list: `CALL (g, rules) {
  MATCH (u:User)-[:MEMBER_OF]->(g)
  RETURN count(*) AS members, count(CASE WHEN ${UNEXPLAINED} THEN 1 END) AS unexplained
}
RETURN ${GROUP}, [rule IN rules | rule.name] AS rules, [rule IN rules | rule.expression] AS expressions,
       size([rule IN rules WHERE rule.status = 'ACTIVE']) AS active_rules, members, unexplained
ORDER BY unexplained DESC, group, group_id`,
  draw: `UNWIND rules AS rule
MATCH (rule)-[adds:ADDS_TO]->(g)
RETURN rule, adds, g`,
  controls: ['ISO 27001 A.5.15', 'ISO 27001 A.5.18', 'CIS 6.8'],
});
