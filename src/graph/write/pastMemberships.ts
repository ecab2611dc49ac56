/**
 * Cypher: puts the membership `m` of `u` in `g` into the past, as of `at`, Okta's clock at what told of its end; `before`
 * is the latest whole reading of the group before that, and `$run` the run's number. A clock that went back MUST NOT
 * make a membership end before it began.
 */
export const END_MEMBERSHIP = `
  CREATE (u)-[:WAS_MEMBER_OF {
    valid_from: m.valid_from, not_before: m.not_before, opened_by: m.opened_by,
    valid_to: CASE WHEN m.valid_from > at THEN m.valid_from ELSE at END, ended_after: before, closed_by: $run}]->(g)
  SET g.memberships_changed_run = $run
  DELETE m`;
