import { GROUP, USER, person } from '../cypher';
import { question } from '../question';

export const personGroups = question({
  id: 'person-groups',
  question: "A user's groups",
  why: "Shows a user's current access for a role change, for a review, or when a laptop is lost.",
  scope: 'lookup',
  parameters: { person: { type: 'person', meaning: 'the user' } },
  find: person('u', 'person'),
  list: `MATCH (u)-[m:MEMBER_OF]->(g:Group)
RETURN ${USER}, ${GROUP}, g.type AS type, m.not_before AS began_after, m.valid_from AS began_by
ORDER BY user_id, group, group_id`,
  draw: `MATCH (u)-[link:MEMBER_OF|REPORTS_TO]->(other)
RETURN u, link, other`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6(7)'],
});
