import { CHANGES, GROUP } from '../cypher';
import { question } from '../question';

export const membershipChanges = question({
  id: 'membership-changes',
  question: 'Memberships added and removed between two dates',
  why: 'An auditor samples from this list, and each change should match a request; members found by the first read of a group count as added only if the group was created in the period.',
  scope: 'org',
  needs: 'history',
  parameters: {
    since: { type: 'moment', meaning: 'start of the period', default: '7d' },
    until: { type: 'moment', meaning: 'end of the period', default: '0d' },
  },
  find: CHANGES,
  list: `RETURN change, u.display_name AS person, u.email AS email, u.id AS user_id, ${GROUP}, after, by
ORDER BY by, change, group_id, user_id`,
  draw: `RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'SOC 2 CC6.3', 'NIST 800-53 AC-2(4)'],
});
