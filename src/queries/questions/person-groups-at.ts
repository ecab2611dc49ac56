import { EVER, heldAt } from '../../graph/read/asOf';
import { GROUP, GROUP_COLUMNS, LIMITS, LIMIT_COLUMNS, USER, USER_COLUMNS, personEver } from '../cypher';
import type { Question } from '../question';

const FOUND = `${personEver('u', 'person')}
MATCH ${EVER} WHERE ${heldAt('$at')}`;

export const personGroupsAt: Question = {
  id: 'person-groups-at',
  question: "A person's groups on a date",
  why: 'Shows the access that an account had at the time of an incident, even if the account was deleted later.',
  scope: 'lookup',
  needs: 'history',
  parameters: {
    person: { type: 'person', meaning: 'the person' },
    at: { type: 'moment', meaning: 'the date or time', default: '1d' },
  },
  cypher: `${FOUND}
RETURN ${USER}, ${GROUP}, g:FormerGroup AS is_deleted, ${LIMITS}
ORDER BY user_id, group, group_id`,
  columns: [...USER_COLUMNS, ...GROUP_COLUMNS, 'is_deleted', ...LIMIT_COLUMNS],
  draw: `${FOUND}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28', 'SOC 2 CC6.3'],
};
