import { EACH_GROUP, GROUP, GROUP_COLUMNS, NOT_EVERYONE } from '../cypher';
import type { Question } from '../question';

export const unchangedGroups: Question = {
  id: 'unchanged-groups',
  question: 'Groups whose members have not changed for 30 days',
  why: 'A group that grants access and never changes is rarely reviewed.',
  scope: 'org',
  needs: 'graph',
  parameters: { since: { type: 'moment', meaning: 'members not changed since', default: '30d' } },
  cypher: `${EACH_GROUP} AND coalesce(g.last_membership_updated < $since, true)
RETURN ${GROUP}, g.type AS type, COUNT { (g)<-[:MEMBER_OF]-() } AS members, g.last_membership_updated AS last_changed
ORDER BY last_changed, group_id`,
  columns: [...GROUP_COLUMNS, 'type', 'members', 'last_changed'],
  draw: `${EACH_GROUP} AND coalesce(g.last_membership_updated < $since, true) AND ${NOT_EVERYONE}
MATCH (u:User)-[m:MEMBER_OF]->(g)
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18'],
};
