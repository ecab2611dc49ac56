import { CHANGES, GROUP } from '../cypher';
import { question } from '../question';

export const groupChurn = question({
  id: 'group-churn',
  question: 'Membership changes per group and week',
  why: 'A group that changes often may need a group rule, and an unusual week may need a review.',
  scope: 'org',
  needs: 'history',
  parameters: {
    since: { type: 'moment', meaning: 'start of the period', default: '84d' },
    until: { type: 'moment', meaning: 'end of the period', default: '0d' },
  },
  find: CHANGES,
  list: `WITH date.truncate('week', by) AS week, g, count(CASE change WHEN 'added' THEN 1 END) AS added,
     count(CASE change WHEN 'removed' THEN 1 END) AS removed
RETURN week, ${GROUP}, added, removed
ORDER BY week DESC, added + removed DESC, group_id`,
  draw: `RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'NIST 800-53 AC-2(4)'],
});
