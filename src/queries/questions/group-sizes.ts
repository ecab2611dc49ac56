import { EACH_GROUP, GROUP, MEMBERS } from '../cypher';
import { question } from '../question';

export const groupSizes = question({
  id: 'group-sizes',
  question: 'Number of members of each group',
  why: "Large groups that grant access conflict with least privilege; Okta's own member count is listed for comparison.",
  scope: 'org',
  find: EACH_GROUP,
  list: `RETURN ${GROUP}, g.type AS type, ${MEMBERS}, g.users_count AS okta_counts
ORDER BY coalesce(members, 0) DESC, group_id`,
  controls: ['NIST 800-53 AC-6'],
});
