/**
 * Cypher: the memberships `m` of now and of the past between `u` and `g`, whatever has become of either; both ends
 * are left without a label, since either may be a former one by now.
 */
export const EVER = '(u)-[m:MEMBER_OF|WAS_MEMBER_OF]->(g)';

/** Cypher: whether membership `m` was true at the moment `at`. One that no reading saw begin was so always. */
export function heldAt(at: string): string {
  return `coalesce(m.valid_from <= ${at}, true) AND coalesce(m.valid_to > ${at}, true)`;
}

/** Cypher: binds `node` to the user or group of `$domain` with the id `id`, also a former one. */
export function everNode(label: 'User' | 'Group', node: string, id: string): string {
  const match = (each: string) => `MATCH (${node}:${each} {okta_domain: $domain, id: ${id}}) RETURN ${node}`;
  return `CALL () { ${match(label)} UNION ALL ${match(`Former${label}`)} }`;
}

/** Cypher: what is known of when membership `m` began and ended; times are Okta's clock, milliseconds since the epoch. */
export const LIMITS = `m.not_before.epochMillis AS notBeforeMs, m.valid_from.epochMillis AS validFromMs,
  m.ended_after.epochMillis AS endedAfterMs, m.valid_to.epochMillis AS validToMs`;
