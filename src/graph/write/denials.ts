import type { NodeLabel } from '../../contract';

// Okta's denials of a node: what a 404 for its own id leaves on it, until something shows it again.
//   denied_at     Okta's clock at the first of them: when what ends with the node is said to have ended
//   denied_since  the database's clock when that was noted; one clock for all workers, so it measures the time between two
//   denied_run    the latest run that was told
//   denied_twice  true once a later one came, long enough after the first

/** Cypher: node `n` is there after all. */
export const CLEAR_DENIALS = `
  FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
    SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null)`;

/**
 * Cypher: true if a later run than the one that was last told has read a group whole and found user `n` in it. Runs are
 * compared, not times: one answer with a wrong `Date` would look later than every denial. Groups that version 0.2.0 has read
 * have a time only. A group whose members were read is there, so that reading has cleared its denials.
 */
const SHOWN_SINCE: Readonly<Record<NodeLabel, string>> = {
  User: `EXISTS { (n)-[:MEMBER_OF]->(g:Group) 
    WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) }`,
  Group: 'false',
};

/**
 * Cypher: true if Okta has denied `n` twice in this run, and nothing has shown it since. Whoever removes `n` MUST check it in
 * the transaction that does: another run may have seen `n` meanwhile.
 */
export const isProven = (label: NodeLabel): string =>
  `n.denied_run = $run AND coalesce(n.denied_twice, false) AND NOT ${SHOWN_SINCE[label]}`;

/** Cypher: true if a denial that comes now would be a second one of `n`, `$gapMs` after the first. */
export const isRipe = (label: NodeLabel): string =>
  `coalesce(n.denied_since + duration({milliseconds: $gapMs}) <= datetime.realtime('UTC'), false)
   AND NOT ${SHOWN_SINCE[label]}`;

/** Cypher: notes Okta's denial of `n` at `$asOf`. `isSecond` is Cypher that was true when Okta was asked. */
export const noteDenial = (label: NodeLabel, isSecond: string): string => `
  WITH *, n.denied_at IS NULL OR ${SHOWN_SINCE[label]} AS isFirst
  SET n.denied_twice = CASE WHEN ${isSecond} AND NOT isFirst THEN true END,
      n.denied_at = CASE WHEN isFirst THEN $asOf ELSE n.denied_at END,
      n.denied_since = CASE WHEN isFirst THEN datetime.realtime('UTC') ELSE n.denied_since END,
      n.denied_run = $run`;
