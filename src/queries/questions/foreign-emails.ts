import { EACH_USER, NOT_EVERYONE, THEIR_GROUPS, USER } from '../cypher';
import { question } from '../question';

export const foreignEmails = question({
  id: 'foreign-emails',
  question: 'Users with an email address outside the company',
  why: 'Shows the groups of guests, contractors and users with a personal email address. The groups are without the built-in Everyone, which has every user.',
  scope: 'org',
  parameters: {
    domains: {
      type: 'list',
      meaning: 'your own email domains; if empty, the most common one',
      default: '',
    },
  },
  find: `CALL () {
  ${EACH_USER} AND u.email CONTAINS '@'
  RETURN split(u.email, '@')[-1] AS commonest, count(*) AS users ORDER BY users DESC, commonest LIMIT 1
}
WITH CASE WHEN size($domains) > 0 THEN [each IN $domains | toLower(each)] ELSE [commonest] END AS own
${EACH_USER} AND u.email CONTAINS '@' AND NOT split(u.email, '@')[-1] IN own`,
  list: `OPTIONAL MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE}
WITH u, g ORDER BY g.name
RETURN split(u.email, '@')[-1] AS email_domain, ${USER}, u.status AS status, count(g) AS groups, collect(g.name) AS group_names
ORDER BY email_domain, user_id`,
  draw: THEIR_GROUPS,
  controls: ['ISO 27001 A.5.16', 'SOC 2 CC6.2'],
});
