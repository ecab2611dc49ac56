import { GROUP, GROUP_COLUMNS, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

const FOUND = `MATCH (u)-[was:WAS_MEMBER_OF]->(g) WHERE was.valid_to >= $since AND g.okta_domain = $domain
MATCH (u)-[m:MEMBER_OF|WAS_MEMBER_OF]->(g) WHERE m.valid_from >= was.valid_to AND m <> was`;

export const rejoiners: Question = {
  id: 'rejoiners',
  question: 'Users removed from a group and added back',
  why: 'A removal that was reverted is either a mistake, or someone restoring access that a review removed.',
  scope: 'org',
  needs: 'history',
  parameters: { since: { type: 'moment', meaning: 'removed since', default: '90d' } },
  cypher: `${FOUND}
RETURN ${USER}, ${GROUP}, was.valid_to AS left_by, min(m.valid_from) AS back_by
ORDER BY back_by, user_id, group_id`,
  columns: [...USER_COLUMNS, ...GROUP_COLUMNS, 'left_by', 'back_by'],
  draw: `${FOUND}
RETURN u, was, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3'],
};
