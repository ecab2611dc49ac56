import type { Transaction } from '../database';
import { clearDenials, isConfirmedDeleted } from './denials';
import type { NodeLabel } from '../../contract';
import { ACCESS_EDGES, EDGE_KINDS, endEdges, FIRST_SIGN, type AccessEdge } from './access/edges';
import { relabel } from './oktaLabels';
import { endMembership } from './pastMemberships';
import { keepsHistory, scopeOf, type Run } from './run';
import { integer } from '../values';
import { lastCompleteRead } from './workList';

/** What was removed: nodes, and memberships that ended with them. */
export interface Removed {
  nodes: number;
  /** Memberships that were current until then. */
  edges: number;
  /** Assignments to apps, and of admin roles, that were current until then. */
  assignments: number;
  roles: number;
}

/** Cypher: the columns of {@link EDGE_KINDS}, each by its type. */
const columnsOf = (column: (type: AccessEdge) => string) =>
  ACCESS_EDGES.map((type) => `${column(type)} AS ${EDGE_KINDS[type]}`).join(', ');

/** Cypher for a membership seen from the node; it ends at Okta's first denial of the node. */
const EDGE = {
  User: '(n)-[m:MEMBER_OF]->(g:Group) WITH n AS u, g, m, n.denied_at AS at',
  Group: '(n)<-[m:MEMBER_OF]-(u:User) WITH u, n AS g, m, n.denied_at AS at',
} as const;

/** Resets a group's read state, so that it is read again if it comes back; until then its last read is its deletion. */
const RESET = {
  User: 'SET n.roles_as_of = null',
  Group: `SET n.memberships_as_of = null, n.memberships_whole_as_of = n.removed_at, n.memberships_claim = null, n.apps_as_of = null, n.roles_as_of = null`,
} as const;

/** Cypher for the relationships that are removed with a node: all of them if the run keeps no history. */
const relationshipsOf = (run: Run) =>
  keepsHistory(run) ? '(n)-[r:MEMBER_OF|REPORTS_TO|ASSIGNED_TO|HAS_ROLE|ADDS_TO]-()' : '(n)-[r]-()';

/** Cypher: looks up node `n` by its key alone. The planner might otherwise scan all denied nodes for each of them. */
const byKey = (label: NodeLabel, id: string) =>
  `MATCH (n:${label} {okta_domain: $domain, id: ${id}}) USING INDEX SEEK n:${label}(okta_domain, id) WITH n`;

const LINES_OF = (label: NodeLabel) => `
  ${byKey(label, '$id')} WHERE ${isConfirmedDeleted(label)}
  MATCH (n)-[line:REPORTS_TO]-() WITH line LIMIT $atMost
  DELETE line
  RETURN count(*) AS count, 0 AS edges`;

const END_SOME = (label: NodeLabel) => `
  ${byKey(label, '$id')} WHERE ${isConfirmedDeleted(label)}
  MATCH ${EDGE[label]} LIMIT $atMost
  WITH u, g, m, at, ${lastCompleteRead('g')} AS before
  ${endMembership({ user: 'u', membership: 'm', group: 'g', at: 'at', before: 'before' })}
  RETURN count(*) AS count, count(*) AS edges`;

const DELETE_SOME = (label: NodeLabel) => `
  ${byKey(label, '$id')} WHERE ${isConfirmedDeleted(label)}
  MATCH (n)-[r]-() WITH r LIMIT $atMost
  WITH r, type(r) AS type
  DELETE r
  RETURN count(*) AS count, count(CASE WHEN type = 'MEMBER_OF' THEN 1 END) AS edges,
         ${columnsOf((type) => `count(CASE WHEN type = '${type}' THEN 1 END)`)}`;

const RETIRE = (run: Run, label: NodeLabel) => `
  UNWIND $ids AS id
  ${byKey(label, 'id')} WHERE ${isConfirmedDeleted(label)}
  CALL (n) {
    MATCH ${EDGE[label]}
    WITH u, g, m, at, ${lastCompleteRead('g')} AS before
    ${endMembership({ user: 'u', membership: 'm', group: 'g', at: 'at', before: 'before' })}
    RETURN count(*) AS edges
  }
  CALL (n) { MATCH (n)-[line:REPORTS_TO|ADDS_TO]-() DELETE line }
  ${ACCESS_EDGES.map(
    (type) => `CALL (n) {
    MATCH (n)-[e:${type}]->(t)
    ${endEdges(type, { at: FIRST_SIGN, after: 'e.missing_after', from: 'n', to: 't' })}
    RETURN count(*) AS ${EDGE_KINDS[type]}
  }`,
  ).join('\n  ')}
  CREATE (n)-[:CHANGED]->(:${label}Change {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'removed',
    added_run: n.added_run})
  ${relabel(run, label, `Former${label}`)}
  SET n.removed_at = n.denied_at, n.removed_run = $run, n.okta_raw_hash = null
  ${RESET[label]}
  ${clearDenials('n')}
  RETURN count(*) AS nodes, sum(edges) AS edges, ${columnsOf((type) => `sum(${EDGE_KINDS[type]})`)}`;

const DELETE = (label: NodeLabel) => `
  UNWIND $ids AS id
  ${byKey(label, 'id')} WHERE ${isConfirmedDeleted(label)}
  WITH n, COUNT { (n)-[:MEMBER_OF]-() } AS edges, ${columnsOf((type) => `COUNT { (n)-[:${type}]->() }`)}
  DETACH DELETE n
  RETURN count(*) AS nodes, sum(edges) AS edges, ${columnsOf((type) => `sum(${EDGE_KINDS[type]})`)}`;

/** Cypher: the number of relationships that are removed with node `n`. */
export const relationshipCount = (run: Run): string => `COUNT { ${relationshipsOf(run)} }`;

/**
 * Removes nodes that Okta has denied twice from the current graph, with their memberships and reporting lines. Their
 * history stays as `FormerUser` or `FormerGroup`, unless the run keeps no history: then they are deleted.
 */
export async function removeNodes(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  ids: readonly string[],
): Promise<Removed> {
  const statement = keepsHistory(run) ? RETIRE(run, label) : DELETE(label);
  const [removed] = await tx.run<Removed>(statement, { ...scopeOf(run), ids });
  return removed ?? { nodes: 0, edges: 0, assignments: 0, roles: 0 };
}

/**
 * Removes at most `atMost` of a node's relationships, and returns how many there were and how many of them were
 * memberships, assignments and roles.
 */
export async function removeSomeRelationships(
  tx: Transaction,
  run: Run,
  node: { label: NodeLabel; id: string },
  atMost: number,
): Promise<Omit<Removed, 'nodes'> & { count: number }> {
  const statements = keepsHistory(run)
    ? [LINES_OF(node.label), END_SOME(node.label)]
    : [DELETE_SOME(node.label)];
  const removed = { count: 0, edges: 0, assignments: 0, roles: 0 };
  for (const statement of statements) {
    const left = integer(atMost - removed.count);
    const [row] = await tx.run<Partial<typeof removed>>(statement, {
      ...scopeOf(run),
      id: node.id,
      atMost: left,
    });
    for (const kind of ['count', 'edges', 'assignments', 'roles'] as const) removed[kind] += row?.[kind] ?? 0;
  }
  return removed;
}

/** Restores the former nodes of ids that came back, as nodes added by this run. */
export async function reviveNodes(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  ids: readonly string[],
): Promise<void> {
  await tx.run(
    `UNWIND $ids AS id
     MATCH (n:Former${label} {okta_domain: $domain, id: id})
     ${relabel(run, `Former${label}`, label)}
     SET n.added_run = $run, n.last_seen_run = $run, n.removed_at = null, n.removed_run = null`,
    { ...scopeOf(run), ids },
  );
}
