import { USER, app } from '../cypher';
import { question } from '../question';
import { APP, HAS_ACCESS, WAY, WAY_BEGAN, ways } from '../reach';

export const appPeople = question({
  id: 'app-people',
  question: 'Users of an app, directly and through groups',
  why: "This is the list that an app's owner checks in an access review, with the assignment to remove for each user.",
  scope: 'lookup',
  access: ['apps'],
  parameters: { app: { type: 'app', meaning: 'the app' } },
  find: `${app('a', 'app')}
${ways({ from: 'a', to: 'u' })}
WITH * WHERE ${HAS_ACCESS}`,
  list: `RETURN ${APP}, ${USER}, u.status AS status, u.department AS department, ${WAY},
       ${WAY_BEGAN}
ORDER BY app_id, person, user_id, is_direct DESC, group, group_id`,
  draw: 'RETURN u, m, g, e, a',
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6(7)', 'PCI DSS 7.2.4'],
});
