import { EACH_GROUP, GROUP, GROUP_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const groupSizes: Question = {
  id: 'group-sizes',
  question: 'Number of members of each group',
  why: "Large groups that grant access work against least privilege; Okta's own member count is listed for comparison.",
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_GROUP}
RETURN ${GROUP}, g.type AS type, COUNT { (g)<-[:MEMBER_OF]-() } AS members, g.users_count AS okta_counts
ORDER BY members DESC, group_id`,
  columns: [...GROUP_COLUMNS, 'type', 'members', 'okta_counts'],
  controls: ['NIST 800-53 AC-6'],
};
