import { EVER } from '../../graph/read/asOf';
import { GROUP, GROUP_COLUMNS, LIMITS, LIMIT_COLUMNS, USER, USER_COLUMNS, personEver } from '../cypher';
import type { Question } from '../question';

const FOUND = `${personEver('u', 'person')}
MATCH ${EVER}`;

export const personHistory: Question = {
  id: 'person-history',
  question: "A person's membership history",
  why: 'Shows every membership that an account has had, and when, for an investigation.',
  scope: 'lookup',
  needs: 'history',
  parameters: { person: { type: 'person', meaning: 'the person' } },
  cypher: `${FOUND}
RETURN ${USER}, ${GROUP}, g:FormerGroup AS is_deleted, ${LIMITS}
ORDER BY user_id, began_by, group, group_id`,
  columns: [...USER_COLUMNS, ...GROUP_COLUMNS, 'is_deleted', ...LIMIT_COLUMNS],
  draw: `${FOUND}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.18', 'ISO 27001 A.5.28'],
};
