import { GROUP, GROUP_COLUMNS, USER, USER_COLUMNS, person } from '../cypher';
import type { Question } from '../question';

export const personGroups: Question = {
  id: 'person-groups',
  question: "A person's groups",
  why: "Shows a person's current access for a role change, a review or a lost laptop.",
  scope: 'lookup',
  needs: 'graph',
  parameters: { person: { type: 'person', meaning: 'the person' } },
  cypher: `${person('u', 'person')}
MATCH (u)-[m:MEMBER_OF]->(g:Group)
RETURN ${USER}, ${GROUP}, g.type AS type, m.not_before AS began_after, m.valid_from AS began_by
ORDER BY user_id, group, group_id`,
  columns: [...USER_COLUMNS, ...GROUP_COLUMNS, 'type', 'began_after', 'began_by'],
  draw: `${person('u', 'person')}
MATCH (u)-[link:MEMBER_OF|REPORTS_TO]->(other)
RETURN u, link, other LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6(7)'],
};
