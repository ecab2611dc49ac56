import { question } from '../question';
import { EACH_RULE } from '../reach';

export const invalidRules = question({
  id: 'invalid-rules',
  question: 'Group rules that are invalid',
  why: 'Okta no longer runs such a rule, usually because a group of it was deleted: new users lack access, and users who should leave its groups stay.',
  scope: 'org',
  access: ['rules'],
  find: `${EACH_RULE} AND rule.status = 'INVALID'
OPTIONAL MATCH (rule)-[adds:ADDS_TO]->(g:Group)`,
  list: `WITH rule, g ORDER BY g.name, g.id
RETURN rule.name AS rule, rule.id AS rule_id, rule.expression AS expression, rule.last_updated AS last_updated,
       count(g) AS groups_left, collect(g.name) AS group_names
ORDER BY rule, rule_id`,
  draw: 'RETURN rule, adds, g',
  controls: ['ISO 27001 A.5.15', 'SOC 2 CC6.2'],
});
