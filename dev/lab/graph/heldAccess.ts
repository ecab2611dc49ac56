import { heldAt } from '../../../src/graph/read/asOf';
import type { GraphDatabase } from '../../../src/graph/database';
import { dateTime } from '../../../src/graph/values';
import type { AccessLines } from './accessComparison';

/** Assignments and roles of an org, as lines of text. */
export function edgesOf({ appUser, appGroup, role }: AccessLines): string[] {
  const lines = [
    ...appUser.map(({ appId, user }) => `${user.id} has ${appId}`),
    ...appGroup.map(({ appId, group }) => `${group.id} has ${appId}`),
    ...role.map(
      ({ assigneeId, role }) => `${assigneeId} is ${'role' in role ? role.role : role.type} by ${role.id}`,
    ),
  ];
  return [...new Set(lines)].sort();
}

/** Apps and group rules of an org, by id. */
export function nodesOf({ app, rule }: AccessLines): string[] {
  return [...app, ...rule].map(({ id }) => id as string).sort();
}

const LINE = `s.id + CASE WHEN t:App OR t:FormerApp THEN ' has ' + t.id ELSE ' is ' + t.id + ' by ' + m.assignment_id END`;

/**
 * Assignments and roles that the graph holds, in the form of {@link edgesOf}: those of a time, or, without one, the
 * present ones.
 */
export async function accessIn(db: GraphDatabase, domain: string, atMs?: number): Promise<string[]> {
  const rows = await db.read<{ line: string }>(
    atMs === undefined
      ? `MATCH (s)-[m:ASSIGNED_TO|HAS_ROLE]->(t {okta_domain: $domain}) RETURN ${LINE} AS line`
      : `MATCH (s)-[m:ASSIGNED_TO|WAS_ASSIGNED_TO|HAS_ROLE|HAD_ROLE]->(t {okta_domain: $domain})
         WHERE ${heldAt('$at')} RETURN ${LINE} AS line`,
    { domain, at: dateTime(atMs) },
  );
  return rows.map(({ line }) => line).sort();
}

/** All assignments and roles of the graph, present and past, and all its apps and rules. */
export async function everIn(
  db: GraphDatabase,
  domain: string,
): Promise<{ edges: string[]; nodes: string[] }> {
  const edges = await db.read<{ line: string }>(
    `MATCH (s)-[m:ASSIGNED_TO|WAS_ASSIGNED_TO|HAS_ROLE|HAD_ROLE]->(t {okta_domain: $domain}) RETURN ${LINE} AS line`,
    { domain },
  );
  const nodes = await db.read<{ id: string }>(
    'MATCH (n:App|FormerApp|GroupRule {okta_domain: $domain}) RETURN n.id AS id',
    { domain },
  );
  return { edges: edges.map(({ line }) => line), nodes: nodes.map(({ id }) => id) };
}
