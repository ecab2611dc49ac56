import { PAST_ACCESS } from '../../schema/accessSchema';

/** Relationships of apps and admin roles, as a run counts them. */
export const EDGE_KINDS = { ASSIGNED_TO: 'assignments', HAS_ROLE: 'roles' } as const;

export type AccessEdge = keyof typeof EDGE_KINDS;

export const ACCESS_EDGES = Object.keys(EDGE_KINDS) as AccessEdge[];

/** Cypher: when Okta first showed that edge `e` of the deleted node `n` had ended: without the edge, or without the node. */
export const FIRST_SIGN = 'CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END';

/**
 * Cypher: turns an edge `e` into a past one; `$run` is the run's number. If the clock went back, an edge MUST NOT end
 * before it began.
 *
 * @param at when it ended: Okta's clock at the read that showed the end.
 * @param after the last read that still showed it; ignored if it is later.
 */
export const endEdges = (
  type: AccessEdge,
  { at, after, from, to }: { at: string; after: string; from: string; to: string },
): string => `
  CREATE (${from})-[past:${PAST_ACCESS[type]}]->(${to})
  SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
    valid_to: CASE WHEN e.valid_from > ${at} THEN e.valid_from ELSE ${at} END, ended_after: CASE WHEN ${after} < ${at} THEN ${after} END, closed_by: $run }, ${to}.assignments_changed_run = $run
  DELETE e`;
