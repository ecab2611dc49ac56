import { EVER } from '../../graph/read/asOf';
import { GROUP, LIMITS, USER, personEver } from '../cypher';
import { question } from '../question';

export const personHistory = question({
  id: 'person-history',
  question: "A user's membership history",
  why: 'Shows every membership that an account has had, and when, for an investigation.',
  scope: 'lookup',
  needs: 'history',
  parameters: { person: { type: 'person', meaning: 'the user' } },
  find: `${personEver('u', 'person')}
MATCH ${EVER}`,
  list: `RETURN ${USER}, ${GROUP}, g:FormerGroup AS is_deleted, ${LIMITS}
ORDER BY user_id, began_by, group, group_id`,
  draw: `RETURN u, m, g`,
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28'],
});
