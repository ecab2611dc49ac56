import { STATUS_NOW, USER, appEver } from '../cypher';
import { question } from '../question';
import { APP, WAY, WAY_LIMITS, waysAt } from '../reach';

export const appPeopleAt = question({
  id: 'app-people-at',
  question: 'Users of an app on a date, directly and through groups',
  why: 'Shows who could open an app at the time of an incident, including users and groups that were deleted later; statuses at that time are not considered.',
  scope: 'lookup',
  needs: 'history',
  access: ['apps'],
  parameters: {
    app: { type: 'app', meaning: 'the app' },
    at: { type: 'moment', meaning: 'the date or time', default: '1d' },
  },
  find: `${appEver('a', 'app')}
${waysAt({ from: 'a', to: 'u' }, '$at')}`,
  list: `RETURN ${APP}, ${USER}, ${STATUS_NOW}, ${WAY},
       ${WAY_LIMITS}
ORDER BY app_id, person, user_id, is_direct DESC, group, group_id`,
  draw: 'RETURN u, m, g, e, a',
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28', 'SOC 2 CC6.3'],
});
