import { GROUP } from '../cypher';
import { question } from '../question';
import { EXPLAINS_ALL, RULE_GROUPS, UNEXPLAINED } from '../reach';

export const ruleGroups = question({
  id: 'rule-groups',
  question: 'Groups that rules add users to',
  why: 'Okta does not report why a user is a member, and rules are not evaluated here: `unexplained` counts members that no rule can have added now, since none is active or all exclude the user; any other may have been added by a rule or manually.',
  scope: 'org',
  access: ['rules'],
  find: RULE_GROUPS,
  list: `CALL (g, active) {
  WITH g, active WHERE NOT ${EXPLAINS_ALL}
  MATCH (u:User)-[:MEMBER_OF]->(g) WHERE ${UNEXPLAINED}
  RETURN count(*) AS unexplained
}
RETURN ${GROUP}, [rule IN rules | rule.name] AS rules, [rule IN rules | rule.expression] AS expressions,
       size(active) AS active_rules, COUNT { (g)<-[:MEMBER_OF]-() } AS members, unexplained
ORDER BY unexplained DESC, group, group_id`,
  draw: `UNWIND rules AS rule
MATCH (rule)-[adds:ADDS_TO]->(g)
RETURN rule, adds, g`,
  controls: ['ISO 27001 A.5.15', 'ISO 27001 A.5.18', 'CIS 6.8'],
});
