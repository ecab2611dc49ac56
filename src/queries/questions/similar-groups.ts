import { EACH_GROUP, GROUP, NOT_EVERYONE } from '../cypher';
import { question } from '../question';

export const similarGroups = question({
  id: 'similar-groups',
  question: 'Groups with nearly the same members',
  why: 'Two groups for one team are reviewed twice, and a change may reach only one of them.',
  scope: 'org',
  parameters: {
    share: {
      type: 'share',
      meaning: 'minimum overlap: shared members divided by all members of both groups',
      default: '0.9',
    },
    smallest: { type: 'count', meaning: 'minimum number of members', default: '3' },
    largest: { type: 'count', meaning: 'maximum number of members', default: '500' },
  },
  find: `${EACH_GROUP} AND ${NOT_EVERYONE}
WITH g, COUNT { (g)<-[:MEMBER_OF]-() } AS size WHERE size >= $smallest AND size <= $largest
WITH g, size, toInteger(ceil($share * size - 0.000001)) AS least, COLLECT { MATCH (g)<-[:MEMBER_OF]-(u) RETURN u ORDER BY u } AS members
// In a fixed order, sets that share enough members share five of these first ones, or all that they must share.
UNWIND members[..size - least + 5] AS u
WITH u, g, size, least ORDER BY g.id
WITH u, collect({g: g, size: size, least: least}) AS sets
UNWIND range(0, size(sets) - 2) AS i
UNWIND range(i + 1, size(sets) - 1) AS j
WITH sets[i] AS a, sets[j] AS b
WHERE a.size >= $share * b.size AND b.size >= $share * a.size
WITH a.g AS g, b.g AS h, a.size AS one_size, b.size AS other_size,
     CASE WHEN a.least > b.least THEN a.least ELSE b.least END AS least, count(*) AS shared
WHERE shared >= 5 OR shared >= least
WITH *, COUNT { (g)<-[:MEMBER_OF]-()-[:MEMBER_OF]->(h) } AS common
WITH g, h, one_size, other_size, common, toFloat(common) / (one_size + other_size - common) AS likeness
WHERE likeness >= $share`,
  list: `RETURN ${GROUP}, one_size AS members, h.name AS other, h.id AS other_id, other_size AS other_members, common, likeness
ORDER BY likeness DESC, group_id, other_id`,
  draw: `MATCH (g)<-[m:MEMBER_OF]-(u)-[n:MEMBER_OF]->(h)
RETURN u, m, g, n, h`,
  controls: ['ISO 27001 A.5.18', 'CIS 6.8'],
});
