import { EVER, heldAt } from '../../graph/read/asOf';
import { GROUP, LIMITS, STATUS_NOW, USER, groupEver } from '../cypher';
import { question } from '../question';

export const groupMembersAt = question({
  id: 'group-members-at',
  question: 'Members of a group on a date',
  why: 'Shows who had access at the time of an incident or review, as of the last read of the group before that time, including users and groups that were deleted later.',
  scope: 'lookup',
  needs: 'history',
  parameters: {
    group: { type: 'group', meaning: 'the group' },
    at: { type: 'moment', meaning: 'the date or time', default: '1d' },
  },
  find: `${groupEver('g', 'group')}
MATCH ${EVER} WHERE ${heldAt('$at')}`,
  list: `RETURN ${GROUP}, ${USER}, ${STATUS_NOW}, ${LIMITS}
ORDER BY group_id, person, user_id`,
  draw: `RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28', 'SOC 2 CC6.3'],
});
