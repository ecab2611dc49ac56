import { CHANGES, GROUP, GROUP_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const groupChurn: Question = {
  id: 'group-churn',
  question: 'Membership changes per group and week',
  why: 'A group that changes often may need a group rule, and an unusual week may need a review.',
  scope: 'org',
  needs: 'history',
  parameters: {
    since: { type: 'moment', meaning: 'start of the period', default: '84d' },
    until: { type: 'moment', meaning: 'end of the period', default: '0d' },
  },
  cypher: `${CHANGES}
WITH date.truncate('week', by) AS week, g, count(CASE change WHEN 'added' THEN 1 END) AS added,
     count(CASE change WHEN 'removed' THEN 1 END) AS removed
RETURN week, ${GROUP}, added, removed
ORDER BY week DESC, added + removed DESC, group_id`,
  columns: ['week', ...GROUP_COLUMNS, 'added', 'removed'],
  draw: `${CHANGES}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'NIST 800-53 AC-2(4)'],
};
