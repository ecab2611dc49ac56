/**
 * Cypher: current and past memberships `m` between `u` and `g`. Neither end has a label, because either may be a former
 * node by now.
 */
export const EVER = '(u)-[m:MEMBER_OF|WAS_MEMBER_OF]->(g)';

/**
 * Cypher: true if a membership or assignment was valid at time `at`. One without a known start counts as always valid
 * before its end.
 */
export function heldAt(at: string, edge = 'm'): string {
  return `coalesce(${edge}.valid_from <= ${at}, true) AND coalesce(${edge}.valid_to > ${at}, true)`;
}

/** Cypher: binds `node` to the user or group of `$domain` with this `id`, including deleted ones. */
export function everNode(label: 'User' | 'Group', node: string, id: string): string {
  const match = (each: string) => `MATCH (${node}:${each} {okta_domain: $domain, id: ${id}}) RETURN ${node}`;
  return `CALL () { ${match(label)} UNION ALL ${match(`Former${label}`)} }`;
}

/** Cypher: the known bounds of when membership `m` began and ended, in milliseconds since the epoch on Okta's clock. */
export const LIMITS = `m.not_before.epochMillis AS notBeforeMs, m.valid_from.epochMillis AS validFromMs,
  m.ended_after.epochMillis AS endedAfterMs, m.valid_to.epochMillis AS validToMs`;
