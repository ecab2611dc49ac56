import { EACH_GROUP, GROUP, MEMBERS, NOT_EVERYONE } from '../cypher';
import { question } from '../question';

export const unchangedGroups = question({
  id: 'unchanged-groups',
  question: 'Groups whose members have not changed recently',
  why: 'A group that grants access and never changes is rarely reviewed.',
  scope: 'org',
  parameters: { since: { type: 'moment', meaning: 'members not changed since', default: '30d' } },
  find: `${EACH_GROUP} AND coalesce(g.last_membership_updated < $since, true)`,
  list: `RETURN ${GROUP}, g.type AS type, ${MEMBERS}, g.last_membership_updated AS last_changed
ORDER BY last_changed, group_id`,
  draw: `MATCH (u:User)-[m:MEMBER_OF]->(g) WHERE ${NOT_EVERYONE}
RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18'],
});
