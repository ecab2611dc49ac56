import { EACH_GROUP, GROUP, GROUP_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const groupSizes: Question = {
  id: 'group-sizes',
  question: 'How large is each group?',
  why: 'Large groups that grant something are where least privilege ends. Beside it is how many members Okta itself counts.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_GROUP}
RETURN ${GROUP}, g.type AS type, COUNT { (g)<-[:MEMBER_OF]-() } AS members, g.users_count AS okta_counts
ORDER BY members DESC, group_id`,
  columns: [...GROUP_COLUMNS, 'type', 'members', 'okta_counts'],
  controls: ['NIST 800-53 AC-6'],
};
