import { EVER, heldAt } from '../../graph/read/asOf';
import {
  GROUP,
  GROUP_COLUMNS,
  LIMITS,
  LIMIT_COLUMNS,
  STATUS_NOW,
  USER,
  USER_COLUMNS,
  groupEver,
} from '../cypher';
import type { Question } from '../question';

const FOUND = `${groupEver('g', 'group')}
MATCH ${EVER} WHERE ${heldAt('$at')}`;

export const groupMembersAt: Question = {
  id: 'group-members-at',
  question: 'Members of a group on a date',
  why: 'Shows who had access at the time of an incident or review, as of the last read of the group before that time, including people and groups that were deleted later.',
  scope: 'lookup',
  needs: 'history',
  parameters: {
    group: { type: 'group', meaning: 'the group' },
    at: { type: 'moment', meaning: 'the date or time', default: '1d' },
  },
  cypher: `${FOUND}
RETURN ${GROUP}, ${USER}, ${STATUS_NOW}, ${LIMITS}
ORDER BY group_id, person, user_id`,
  columns: [...GROUP_COLUMNS, ...USER_COLUMNS, 'status_now', ...LIMIT_COLUMNS],
  draw: `${FOUND}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28', 'SOC 2 CC6.3'],
};
