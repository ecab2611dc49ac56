import { EACH_USER, NOT_EVERYONE, USER, USER_COLUMNS } from '../cypher';
import type { Question } from '../question';

const FOUND = `CALL () {
  ${EACH_USER} AND u.email CONTAINS '@'
  RETURN split(u.email, '@')[-1] AS commonest, count(*) AS users ORDER BY users DESC, commonest LIMIT 1
}
WITH CASE WHEN size($domains) > 0 THEN [each IN $domains | toLower(each)] ELSE [commonest] END AS own
${EACH_USER} AND u.email CONTAINS '@' AND NOT split(u.email, '@')[-1] IN own`;

export const foreignEmails: Question = {
  id: 'foreign-emails',
  question: 'Users with an email address outside the company',
  why: 'Shows the groups of guests, contractors and people with a private address.',
  scope: 'org',
  needs: 'graph',
  parameters: {
    domains: {
      type: 'list',
      meaning: 'your own email domains; if empty, the most common one',
      default: '',
    },
  },
  cypher: `${FOUND}
OPTIONAL MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
WITH u, g ORDER BY g.name
RETURN split(u.email, '@')[-1] AS email_domain, ${USER}, u.status AS status, count(g) AS groups, collect(g.name) AS group_names
ORDER BY email_domain, user_id`,
  columns: ['email_domain', ...USER_COLUMNS, 'status', 'groups', 'group_names'],
  draw: `${FOUND}
MATCH (u)-[m:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
RETURN u, m, g LIMIT $most`,
  controls: ['ISO 27001 A.5.16', 'SOC 2 CC6.2'],
};
