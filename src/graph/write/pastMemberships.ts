/**
 * Cypher: turns the membership `m` of `u` in `g` into a past one that ended at `at`, Okta's clock at the read that
 * showed its end; `before` is the last complete read of the group before that, and `$run` the run's number. If the
 * clock went back, a membership MUST NOT end before it began.
 */
export const END_MEMBERSHIP = `
  CREATE (u)-[:WAS_MEMBER_OF {
    valid_from: m.valid_from, not_before: m.not_before, opened_by: m.opened_by,
    valid_to: CASE WHEN m.valid_from > at THEN m.valid_from ELSE at END, ended_after: before, closed_by: $run}]->(g)
  SET g.memberships_changed_run = $run
  DELETE m`;
