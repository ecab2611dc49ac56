import { lastCompleteRead } from '../../graph/write/workList';
import { EACH_GROUP, EACH_USER, MEMBERS_READ } from '../cypher';
import { question } from '../question';

export const dataFreshness = question({
  id: 'data-freshness',
  question: 'Completeness and age of the data',
  why: 'An answer is only as good as its data; a group that has to be read again keeps the members from its last complete read.',
  scope: 'org',
  find: `CALL () {
  ${EACH_USER}
  RETURN count(*) AS users, count(CASE WHEN u.email IS NULL THEN 1 END) AS users_without_email
}
CALL () {
  ${EACH_GROUP}
  RETURN count(*) AS groups, sum(COUNT { (g)<-[:MEMBER_OF]-() }) AS memberships, sum(CASE WHEN ${MEMBERS_READ} THEN coalesce(g.users_count, 0) ELSE 0 END) AS okta_counts,
         count(CASE WHEN g.memberships_as_of IS NULL AND ${MEMBERS_READ} THEN 1 END) AS groups_to_read_again,
         min(${lastCompleteRead('g')}) AS oldest_reading,
         max(${lastCompleteRead('g')}) AS newest_reading
}
OPTIONAL MATCH (o:OktaOrg {domain: $domain})`,
  list: `RETURN users, users_without_email, groups, memberships, okta_counts, groups_to_read_again, oldest_reading, newest_reading,
       o.last_run AS last_run, o.last_full_at AS last_full_run`,
  controls: ['SOC 2 CC4.1'],
});
