import { EVER, heldAt } from '../../graph/read/asOf';
import { GROUP, LIMITS, USER, personEver } from '../cypher';
import { question } from '../question';

export const personGroupsAt = question({
  id: 'person-groups-at',
  question: "A user's groups on a date",
  why: 'Shows the access that an account had at the time of an incident, even if the account was deleted later.',
  scope: 'lookup',
  needs: 'history',
  parameters: {
    person: { type: 'person', meaning: 'the user' },
    at: { type: 'moment', meaning: 'the date or time', default: '1d' },
  },
  find: `${personEver('u', 'person')}
MATCH ${EVER} WHERE ${heldAt('$at')}`,
  list: `RETURN ${USER}, ${GROUP}, g:FormerGroup AS is_deleted, ${LIMITS}
ORDER BY user_id, group, group_id`,
  draw: `RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28', 'SOC 2 CC6.3'],
});
