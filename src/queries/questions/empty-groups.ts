import { EACH_GROUP, GROUP, GROUP_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const emptyGroups: Question = {
  id: 'empty-groups',
  question: 'Groups without members',
  why: 'Empty groups clutter every list, and still grant access to anyone who is added by mistake.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_GROUP} AND NOT EXISTS { (g)<-[:MEMBER_OF]-() }
RETURN ${GROUP}, g.type AS type, g.created AS created, g.last_membership_updated AS last_changed
ORDER BY last_changed, group_id`,
  columns: [...GROUP_COLUMNS, 'type', 'created', 'last_changed'],
  draw: `${EACH_GROUP} AND NOT EXISTS { (g)<-[:MEMBER_OF]-() }
RETURN g LIMIT $most`,
  controls: ['ISO 27001 A.5.18'],
};
