import { EVER, heldAt } from '../../graph/asOf';
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
  question: 'Who was in this group on a date?',
  why: 'After an incident, or for a review of a past period: as the latest reading of the group until then told, whatever has become of the people and the group.',
  scope: 'lookup',
  needs: 'history',
  parameters: {
    group: { type: 'group', meaning: 'the group' },
    at: { type: 'moment', meaning: 'the moment', default: '1d' },
  },
  cypher: `${FOUND}
RETURN ${GROUP}, ${USER}, ${STATUS_NOW}, ${LIMITS}
ORDER BY group_id, person, user_id`,
  columns: [...GROUP_COLUMNS, ...USER_COLUMNS, 'status_now', ...LIMIT_COLUMNS],
  draw: `${FOUND}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28', 'SOC 2 CC6.3'],
};
