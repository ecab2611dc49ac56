import { EVER } from '../../graph/read/asOf';
import { GROUP, USER, groupEver } from '../cypher';
import { question } from '../question';

export const groupChanges = question({
  id: 'group-changes',
  question: 'Members added to or removed from a group between two dates',
  why: 'Shows that the requested changes were made, and no others.',
  scope: 'lookup',
  needs: 'history',
  parameters: {
    group: { type: 'group', meaning: 'the group' },
    since: { type: 'moment', meaning: 'start of the period', default: '30d' },
    until: { type: 'moment', meaning: 'end of the period', default: '0d' },
  },
  find: `${groupEver('g', 'group')}
MATCH ${EVER}`,
  list: `UNWIND [
  {change: 'added', after: m.not_before, by: m.valid_from},
  {change: 'removed', after: m.ended_after, by: m.valid_to}
] AS side
WITH * WHERE side.by >= $since AND side.by < $until
  AND (side.change = 'removed' OR side.after IS NOT NULL OR coalesce(g.created >= $since, false))
RETURN side.change AS change, ${USER}, ${GROUP}, side.after AS after, side.by AS by
ORDER BY by, change, group_id, user_id`,
  draw: `WHERE coalesce(m.valid_from >= $since AND m.valid_from < $until, false) OR coalesce(m.valid_to >= $since AND m.valid_to < $until, false)
RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-2(4)'],
});
