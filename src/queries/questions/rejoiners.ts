import { GROUP, USER } from '../cypher';
import { question } from '../question';

export const rejoiners = question({
  id: 'rejoiners',
  question: 'Users removed from a group and added back',
  why: 'A removal that was reverted is either a mistake, or someone restoring access that a review removed.',
  scope: 'org',
  needs: 'history',
  parameters: { since: { type: 'moment', meaning: 'removed since', default: '90d' } },
  find: `MATCH (u)-[was:WAS_MEMBER_OF]->(g) WHERE was.valid_to >= $since AND was.ended_because IS NULL AND g.okta_domain = $domain
MATCH (u)-[m:MEMBER_OF|WAS_MEMBER_OF]->(g) WHERE m.valid_from >= was.valid_to AND m <> was`,
  list: `RETURN ${USER}, ${GROUP}, was.valid_to AS left_by, min(m.valid_from) AS back_by
ORDER BY back_by, user_id, group_id`,
  draw: `RETURN u, was, m, g`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3'],
});
