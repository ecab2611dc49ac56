import { EACH_GROUP, GROUP, NOT_EVERYONE } from '../cypher';
import { question } from '../question';

export const changedGroups = question({
  id: 'changed-groups',
  question: 'Groups whose members changed recently',
  why: 'Recent changes are the first thing to check after an incident and in a review.',
  scope: 'org',
  parameters: { since: { type: 'moment', meaning: 'members changed since', default: '7d' } },
  find: `${EACH_GROUP} AND g.last_membership_updated >= $since`,
  list: `RETURN ${GROUP}, g.type AS type, COUNT { (g)<-[:MEMBER_OF]-() } AS members, g.last_membership_updated AS last_changed
ORDER BY last_changed DESC, group_id`,
  draw: `MATCH (u:User)-[m:MEMBER_OF]->(g) WHERE ${NOT_EVERYONE}
RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'NIST 800-53 AC-2(4)'],
});
