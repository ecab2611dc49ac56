import { EACH_USER, ENABLED, GROUPS, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

export const missingAttributes: Question = {
  id: 'missing-attributes',
  question: 'Users without a department or manager',
  why: 'Group rules by department do not apply to them, and no manager confirms their access in a review.',
  scope: 'org',
  needs: 'graph',
  parameters: {},
  cypher: `${EACH_USER} AND ${ENABLED} AND (u.department IS NULL OR (u.manager IS NULL AND u.manager_id IS NULL))
RETURN ${USER}, u.status AS status, u.department IS NULL AS no_department,
       u.manager IS NULL AND u.manager_id IS NULL AS no_manager, ${GROUPS}
ORDER BY groups DESC, user_id`,
  columns: [...USER_COLUMNS, 'status', 'no_department', 'no_manager', 'groups'],
  draw: `${EACH_USER} AND ${ENABLED} AND (u.department IS NULL OR (u.manager IS NULL AND u.manager_id IS NULL))
MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.16', 'CIS 5.1'],
};
