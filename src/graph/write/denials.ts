import type { NodeLabel } from '../../contract';

/** Labels of nodes that go only when Okta has denied them twice. */
type DeniableLabel = NodeLabel | 'App' | 'GroupRule';

// A denial is a 404 for the id of a node: Okta reports it as not found. Denials set these properties until Okta shows the
// node again:
//   denied_at     Okta's clock at the first denial: the end time of whatever ends with the node
//   denied_since  the database's clock when that was recorded; shared by all workers, it measures the time between two
//   denied_run    the latest run that got a denial
//   denied_twice  true after another denial that came long enough after the first

/** Cypher: clears the denials of a node, because it exists after all. */
export const clearDenials = (node: string): string => `
  FOREACH (_ IN CASE WHEN ${node}.denied_at IS NULL THEN [] ELSE [1] END |
    SET ${node}.denied_at = null, ${node}.denied_since = null, ${node}.denied_run = null, ${node}.denied_twice = null)`;

/**
 * Cypher: true if a run later than the last denial has read a group completely and found user `n` in it. Compares runs
 * instead of times: a single response with a wrong `Date` would seem later than every denial. Groups that version 0.2.0
 * has read only have a time. A group whose members were read exists, so that read has cleared its denials; apps and rules
 * have no other sign than their list, which clears them too.
 */
const SHOWN_SINCE: Readonly<Record<DeniableLabel, string>> = {
  User: `EXISTS { (n)-[:MEMBER_OF]->(g:Group) 
    WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) }`,
  Group: 'false',
  App: 'false',
  GroupRule: 'false',
};

/**
 * Cypher: true if this run got a second denial of `n` and nothing has shown it since. Code that removes `n`
 * MUST check this in the same transaction: another run may have seen `n` meanwhile.
 */
export const isConfirmedDeleted = (label: NodeLabel): string =>
  `n.denied_run = $run AND coalesce(n.denied_twice, false) AND NOT ${SHOWN_SINCE[label]}`;

/** Cypher: true if an earlier run was the last to get a denial of `n`, and nothing has shown it since. */
export const wasDeniedBefore = (label: NodeLabel): string =>
  `n.denied_run < $run AND NOT ${SHOWN_SINCE[label]}`;

/** Cypher: true if a denial now would count as the second one of `n`: at least `$gapMs` after the first. */
export const isRipe = (label: NodeLabel): string =>
  `coalesce(n.denied_since + duration({milliseconds: $gapMs}) <= datetime.realtime('UTC'), false)
   AND NOT ${SHOWN_SINCE[label]}`;

/** Cypher: records Okta's denial of `n` at `$asOf`. `isSecond` is Cypher that was true when Okta was asked. */
export const noteDenial = (label: DeniableLabel, isSecond: string): string => `
  WITH *, n.denied_at IS NULL OR ${SHOWN_SINCE[label]} AS isFirst
  SET n.denied_twice = CASE WHEN ${isSecond} AND NOT isFirst THEN true END,
      n.denied_at = CASE WHEN isFirst THEN $asOf ELSE n.denied_at END,
      n.denied_since = CASE WHEN isFirst THEN datetime.realtime('UTC') ELSE n.denied_since END,
      n.denied_run = $run`;
