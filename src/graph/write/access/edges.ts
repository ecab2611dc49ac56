import { PAST_ACCESS } from '../../schema/accessSchema';

/** Relationships of apps and admin roles, as a run counts them. */
export const EDGE_KINDS = { ASSIGNED_TO: 'assignments', HAS_ROLE: 'roles' } as const;

export type AccessEdge = keyof typeof EDGE_KINDS;

export const ACCESS_EDGES = Object.keys(EDGE_KINDS) as AccessEdge[];

/**
 * Cypher: turns an edge `e` into a past one; `$run` is the run's number. If the clock went back, an edge MUST NOT end
 * before it began.
 *
 * @param at when it ended: Okta's clock at the read that showed the end.
 * @param after the last read that still showed it.
 */
export const endEdges = (
  type: AccessEdge,
  { at, after, from, to }: { at: string; after: string; from: string; to: string },
): string => `
  CREATE (${from})-[past:${PAST_ACCESS[type]}]->(${to})
  SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
    valid_to: CASE WHEN e.valid_from > ${at} THEN e.valid_from ELSE ${at} END, ended_after: ${after}, closed_by: $run }
  DELETE e`;
