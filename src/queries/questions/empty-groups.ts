import { EACH_GROUP, GROUP, MEMBERS_READ } from '../cypher';
import { question } from '../question';

export const emptyGroups = question({
  id: 'empty-groups',
  question: 'Groups without members',
  why: 'Empty groups clutter every list, and still grant access to anyone who is added by mistake.',
  scope: 'org',
  find: `${EACH_GROUP} AND ${MEMBERS_READ} AND NOT EXISTS { (g)<-[:MEMBER_OF]-() }`,
  list: `RETURN ${GROUP}, g.type AS type, g.created AS created, g.last_membership_updated AS last_changed
ORDER BY last_changed, group_id`,
  draw: 'RETURN g',
  controls: ['ISO 27001 A.5.18'],
});
