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
  question: 'Who has an email address outside the company?',
  why: 'Guests, contractors and private addresses, and what they are in.',
  scope: 'org',
  needs: 'graph',
  parameters: {
    domains: {
      type: 'list',
      meaning: 'domains of your own; none: the one that most users have',
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
