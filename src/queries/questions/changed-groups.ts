import { EACH_GROUP, GROUP, GROUP_COLUMNS, NOT_EVERYONE } from '../cypher';
import type { Question } from '../question';

export const changedGroups: Question = {
  id: 'changed-groups',
  question: 'Groups whose members changed recently',
  why: 'Recent changes are the first thing to check after an incident and in a review.',
  scope: 'org',
  needs: 'graph',
  parameters: { since: { type: 'moment', meaning: 'members changed since', default: '7d' } },
  cypher: `${EACH_GROUP} AND g.last_membership_updated >= $since
RETURN ${GROUP}, g.type AS type, COUNT { (g)<-[:MEMBER_OF]-() } AS members, g.last_membership_updated AS last_changed
ORDER BY last_changed DESC, group_id`,
  columns: [...GROUP_COLUMNS, 'type', 'members', 'last_changed'],
  draw: `${EACH_GROUP} AND g.last_membership_updated >= $since AND ${NOT_EVERYONE}
MATCH (u:User)-[m:MEMBER_OF]->(g)
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'NIST 800-53 AC-2(4)'],
};
