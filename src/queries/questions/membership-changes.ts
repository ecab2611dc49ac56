import { CHANGES, GROUP, GROUP_COLUMNS, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const membershipChanges: Question = {
  id: 'membership-changes',
  question: 'Who was added to or removed from which group between two dates?',
  why: 'What an auditor draws a sample from: each of these needs somebody who asked for it. What the first reading of a group has found counts only where the group is not older than that.',
  scope: 'org',
  needs: 'history',
  parameters: {
    since: { type: 'moment', meaning: 'from then', default: '7d' },
    until: { type: 'moment', meaning: 'to then', default: '0d' },
  },
  cypher: `${CHANGES}
RETURN change, u.display_name AS person, u.email AS email, u.id AS user_id, ${GROUP}, after, by
ORDER BY by, change, group_id, user_id`,
  columns: ['change', ...USER_COLUMNS, ...GROUP_COLUMNS, 'after', 'by'],
  draw: `${CHANGES}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'SOC 2 CC6.3', 'NIST 800-53 AC-2(4)'],
};
