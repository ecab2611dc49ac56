import type { Transaction } from './database';
import type { NodeLabel } from './nodes';
import { END_MEMBERSHIP } from './pastMemberships';
import { keepsHistory, scopeOf, type Run } from './run';
import { dateTime, integer } from './values';
import { LATEST_WHOLE_READING } from './workList';

/** What went with some nodes. */
export interface Removed {
  nodes: number;
  /** Memberships that were true until then. */
  edges: number;
}

/** A membership from the node's side. */
const EDGE = {
  User: '(n)-[m:MEMBER_OF]->(g:Group) WITH n AS u, g, m',
  Group: '(n)<-[m:MEMBER_OF]-(u:User) WITH u, n AS g, m',
} as const;

/** A group that comes back is read anew; until then its last reading is that it was gone. */
const RESET = {
  User: '',
  Group: ', n.memberships_as_of = null, n.memberships_whole_as_of = $at, n.memberships_claim = null',
} as const;

const END_SOME = (label: NodeLabel) => `
  MATCH (n:${label} {okta_domain: $domain, id: $id})
  MATCH ${EDGE[label]} LIMIT $atMost
  WITH u, g, m, $at AS at, ${LATEST_WHOLE_READING} AS before
  ${END_MEMBERSHIP}
  RETURN count(*) AS count`;

const RETIRE = (label: NodeLabel) => `
  UNWIND $ids AS id
  MATCH (n:${label} {okta_domain: $domain, id: id})
  CALL (n) {
    MATCH ${EDGE[label]}
    WITH u, g, m, $at AS at, ${LATEST_WHOLE_READING} AS before
    ${END_MEMBERSHIP}
    RETURN count(*) AS edges
  }
  CALL (n) { MATCH (n)-[line:REPORTS_TO]-() DELETE line }
  CREATE (n)-[:CHANGED]->(:${label}Change {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'removed',
    added_run: n.added_run})
  REMOVE n:${label}
  SET n:Former${label}, n.removed_at = $at, n.removed_run = $run, n.okta_raw_hash = null${RESET[label]}
  RETURN count(*) AS nodes, sum(edges) AS edges`;

const DELETE = (label: NodeLabel) => `
  UNWIND $ids AS id
  MATCH (n:${label} {okta_domain: $domain, id: id})
  WITH n, COUNT { (n)-[:MEMBER_OF]-() } AS edges
  DETACH DELETE n
  RETURN count(*) AS nodes, sum(edges) AS edges`;

/**
 * Takes nodes out of today's graph, with their memberships and reporting lines. Their past stays as `FormerUser` or
 * `FormerGroup`, unless the run keeps no history: then they are deleted.
 *
 * @param atMs Okta's clock when it said that they are gone.
 */
export async function removeNodes(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  ids: readonly string[],
  atMs: number,
): Promise<Removed> {
  const statement = keepsHistory(run) ? RETIRE(label) : DELETE(label);
  const parameters = { ...scopeOf(run), ids, at: dateTime(atMs) };
  const [removed] = await tx.run<Removed>(statement, parameters);
  return removed ?? { nodes: 0, edges: 0 };
}

/**
 * Ends memberships of a node that is about to be removed, where it has more than one transaction takes.
 *
 * @returns how many.
 */
export async function endMemberships(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  id: string,
  atMs: number,
  atMost: number,
): Promise<number> {
  const [ended] = await tx.run<{ count: number }>(END_SOME(label), {
    ...scopeOf(run),
    id,
    at: dateTime(atMs),
    atMost: integer(atMost),
  });
  return ended?.count ?? 0;
}

/** Gives ids that come back their former nodes back, as added by this run. */
export async function reviveNodes(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  ids: readonly string[],
): Promise<void> {
  await tx.run(
    `UNWIND $ids AS id
     MATCH (n:Former${label} {okta_domain: $domain, id: id})
     REMOVE n:Former${label}
     SET n:${label}, n.added_run = $run, n.last_seen_run = $run, n.removed_at = null, n.removed_run = null`,
    { ...scopeOf(run), ids },
  );
}
