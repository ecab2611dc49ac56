import { EACH_USER, ENABLED, GROUPS, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const missingAttributes = question({
  id: 'missing-attributes',
  question: 'Users without a department or manager',
  why: 'Group rules by department do not apply to them, and no manager confirms their access in a review.',
  scope: 'org',
  find: `${EACH_USER} AND ${ENABLED} AND (u.department IS NULL OR (u.manager IS NULL AND u.manager_id IS NULL))`,
  list: `RETURN ${USER}, u.status AS status, u.department IS NULL AS no_department,
       u.manager IS NULL AND u.manager_id IS NULL AS no_manager, ${GROUPS}
ORDER BY groups DESC, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.16', 'CIS 5.1'],
});
