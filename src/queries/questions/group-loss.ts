import { USER, group, person } from '../cypher';
import { question } from '../question';
import { HAS_ACCESS } from '../reach';

export const groupLoss = question({
  id: 'group-loss',
  question: 'Apps and admin roles that a user would lose without a group',
  why: 'Shows what a removal from the group changes before it is made: what the user also has directly or through another group is not listed.',
  scope: 'lookup',
  leavesOutDeactivated: true,
  access: ['apps', 'roles'],
  parameters: {
    person: { type: 'person', meaning: 'the user' },
    group: { type: 'group', meaning: 'the group' },
  },
  find: `${person('u', 'person')}
${group('g', 'group')}
WITH u, g, COLLECT {
  MATCH (u)-[own:ASSIGNED_TO|HAS_ROLE]->(kept) RETURN [kept, coalesce(own.resource_set, '')] AS pair
  UNION ALL
  MATCH (u)-[:MEMBER_OF]->(another:Group)-[other:ASSIGNED_TO|HAS_ROLE]->(kept) WHERE another <> g
  RETURN [kept, coalesce(other.resource_set, '')] AS pair
} AS others
MATCH (u)-[m:MEMBER_OF]->(g)-[e:ASSIGNED_TO|HAS_ROLE]->(lost) WHERE ${HAS_ACCESS}
  AND NOT [lost, coalesce(e.resource_set, '')] IN others`,
  list: `RETURN ${USER}, g.name AS group, g.id AS group_id, CASE WHEN lost:App THEN 'app' ELSE 'admin role' END AS kind,
       lost.label AS name, lost.id AS id, lost.status AS app_status, e.resource_set AS resource_set
ORDER BY user_id, group_id, kind, name, id`,
  draw: 'RETURN u, m, g, e, lost',
  controls: ['ISO 27001 A.5.18', 'SOC 2 CC6.3', 'NIST 800-53 AC-6'],
});
