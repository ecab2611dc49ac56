/** The Cypher names of a membership that ends, and of the times of its end. */
interface EndedMembership {
  user: string;
  membership: string;
  group: string;
  /** Okta's clock at the read that showed the end. */
  at: string;
  /** The last complete read of the group before that. */
  before: string;
}

/**
 * Cypher: turns a membership into a past one; `$run` is the run's number. If the clock went back, a membership MUST NOT
 * end before it began.
 */
export const endMembership = ({ user: u, membership: m, group: g, at, before }: EndedMembership): string => `
  CREATE (${u})-[:WAS_MEMBER_OF {
    valid_from: ${m}.valid_from, not_before: ${m}.not_before, opened_by: ${m}.opened_by,
    valid_to: CASE WHEN ${m}.valid_from > ${at} THEN ${m}.valid_from ELSE ${at} END, ended_after: ${before}, closed_by: $run}]->(${g})
  SET ${g}.memberships_changed_run = $run
  DELETE ${m}`;
