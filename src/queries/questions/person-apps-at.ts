import { USER, personEver } from '../cypher';
import { question } from '../question';
import { APP, WAY, WAY_LIMITS, waysAt } from '../reach';

export const personAppsAt = question({
  id: 'person-apps-at',
  question: "A user's apps on a date, directly and through groups",
  why: 'Shows what an account could open at the time of an incident, even if the account or app was deleted later; statuses at that time are not considered.',
  scope: 'lookup',
  needs: 'history',
  access: ['apps'],
  parameters: {
    person: { type: 'person', meaning: 'the user' },
    at: { type: 'moment', meaning: 'the date or time', default: '1d' },
  },
  find: `${personEver('u', 'person')}
${waysAt({ from: 'u', to: 'a' }, '$at')}`,
  list: `RETURN ${USER}, ${APP}, a:FormerApp AS is_deleted, ${WAY},
       ${WAY_LIMITS}
ORDER BY user_id, app, app_id, is_direct DESC, group, group_id`,
  draw: 'RETURN u, m, g, e, a',
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28', 'SOC 2 CC6.3'],
});
