import type { Counts } from '../../telemetry/runCounts';
import type { SyncWarning, NodeLabel } from '../../contract';
import { removalLimit, type BreakerOptions } from './breaker';
import type { GraphDatabase, Transaction } from '../database';
import { isRipe, noteDenial, wasDeniedBefore } from './denials';
import { builtInWasRead } from './workList';
import { writeNodes, type NodeRow } from './nodes';
import { scopeOf, writeForRun, type Run, type RunWriter } from './run';
import { dateTime, integer } from '../values';

/** A node that may be deleted in Okta. */
export interface Candidate {
  id: string;
  /**
   * True if Okta has reported it as not found before, long enough ago, and nothing has shown it since: one more 404
   * confirms the deletion.
   */
  isRipe: boolean;
}

export const kindOf = (label: NodeLabel) => (label === 'User' ? 'users' : 'groups');

/** A page of nodes: the next ones after an id. */
interface Window {
  after: string;
  atMost: number;
  /** Minimum time between two denials that confirm a deletion, milliseconds. */
  gapMs: number;
}

/**
 * Returns nodes that may be deleted in Okta, after the given id, in order: those missing from a complete list; users
 * that Okta has denied to an earlier run; groups that the run could not read because Okta reported them as not found; and
 * users that left, or were never in, a BUILT_IN group. Everyone contains all users, so those were most likely deleted. An
 * empty list makes no node a candidate.
 */
export async function sweepCandidates(
  db: GraphDatabase,
  run: Run,
  label: NodeLabel,
  window: Window,
): Promise<Candidate[]> {
  return nextOf(db, run, label, { ...window, match: candidates(run, label) });
}

/** Returns nodes that Okta has reported as not found only once, including in this run, after the given id, in order. */
export async function deniedOnce(
  db: GraphDatabase,
  run: Run,
  label: NodeLabel,
  window: Window,
): Promise<Candidate[]> {
  return nextOf(db, run, label, { ...window, match: `${ONCE(label)} AND n.id > $after` });
}

/** @param match Cypher that binds `n` to the nodes after `$after`; it can name the run by `$id` or `$runId`. */
async function nextOf(
  db: GraphDatabase,
  run: Run,
  label: NodeLabel,
  { match, after, atMost, gapMs }: Window & { match: string },
): Promise<Candidate[]> {
  const { id } = run;
  return db.read<Candidate>(
    `${match}
     WITH n ORDER BY n.id LIMIT $atMost
     RETURN n.id AS id, ${isRipe(label)} AS isRipe ORDER BY id`,
    { ...scopeOf(run), id, runId: id, after, atMost: integer(atMost), gapMs: integer(gapMs) },
  );
}

/** Returns the milliseconds until the last of the nodes denied once can be asked for again; 0 if there are none. */
export async function msUntilRipe(db: GraphDatabase, run: Run, gapMs: number): Promise<number> {
  const rows = await db.read<{ waitMs: number | null }>(
    (['User', 'Group'] as const)
      .map(
        (label) => `${ONCE(label)}
          RETURN max(n.denied_since.epochMillis) + $gapMs + 1 - datetime.realtime('UTC').epochMillis AS waitMs`,
      )
      .join(' UNION ALL '),
    { ...scopeOf(run), runId: run.id, gapMs: integer(gapMs) },
  );
  return Math.min(gapMs + 1, Math.max(0, ...rows.map(({ waitMs }) => waitMs ?? 0)));
}

/**
 * Cypher: binds `n` to each node that Okta has reported as not found in this run. MUST be followed by `AND` or the end of the clause.
 */
export const deniedBy = (label: NodeLabel): string =>
  `MATCH (n:${label}) WHERE n.okta_domain = $domain AND n.denied_run = $run`;

const ONCE = (label: NodeLabel) => `
  MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.${kindOf(label)}_withheld = 0
  ${deniedBy(label)} AND n.denied_twice IS NULL`;

/** Cypher: binds `n` to each candidate after `$after`. */
function candidates(run: Run, label: NodeLabel): string {
  const branches =
    label === 'Group'
      ? [unlisted('Group', 'groups'), `${deniedBy('Group')} AND n.id > $after`]
      : [
          LEFT_EVERYONE,
          NEVER_IN_EVERYONE,
          DENIED_BEFORE,
          ...(run.usersChangedSinceMs === undefined ? [unlisted('User', 'users')] : []),
        ];
  return `CALL () { ${branches.map((branch) => `${branch} RETURN n`).join(' UNION ')} } WITH n`;
}

/**
 * Cypher: nodes missing from a list that was completely read. A list of changes only shows nothing about the others. As
 * a rule there are none, which counts show faster than looking at each node.
 */
const unlisted = (label: NodeLabel, list: 'users' | 'groups') => `
  MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.${list}_listed AND r.${list}_changed_since IS NULL AND r.${list}_seen > 0
    AND r.${list}_seen <> COUNT { MATCH (:${label} {okta_domain: $domain}) }
  MATCH (n:${label} {okta_domain: $domain}) WHERE n.id > $after AND n.last_seen_run < $run`;

/**
 * Cypher: users whose edge to a BUILT_IN group was removed, by this run or by an earlier one that could no longer ask
 * Okta, and those that Okta could not answer for.
 */
const LEFT_EVERYONE = `
  MATCH (o:OktaOrg {domain: $domain})
  UNWIND o.suspects AS suspect
  MATCH (n:User {okta_domain: $domain, id: suspect}) WHERE n.id > $after`;

/**
 * Maximum number of users asked for because they are in no BUILT_IN group: a token that does not see Everyone must not
 * ask for every user.
 */
const MAX_OUTSIDERS = 1000;

/**
 * Cypher: users listed since BUILT_IN groups were last checked, or added by that check's run as members of another group,
 * and now in none of them: created, listed and deleted before its members were read. The first users are the same
 * during the whole run, so the limit applies to all portions and attempts together. As a rule, a BUILT_IN group has as many members as there are users, so nobody is in none.
 */
const NEVER_IN_EVERYONE = `
  MATCH (o:OktaOrg {domain: $domain})
  WHERE ${builtInWasRead({ domain: '$domain', run: '$run' })}
    AND NOT COUNT { MATCH (:User {okta_domain: $domain}) } IN COLLECT {
      MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'}) RETURN COUNT { (g)<-[:MEMBER_OF]-() } }
  MATCH (n:User {okta_domain: $domain})
  WHERE (n.last_seen_run > coalesce(o.built_in_checked_run, 0) OR n.added_run = o.built_in_checked_run)
    AND NOT EXISTS { (n)-[:MEMBER_OF]->(:Group {type: 'BUILT_IN'}) }
  WITH n ORDER BY n.id LIMIT ${MAX_OUTSIDERS}
  WITH n WHERE n.id > $after`;

/** Cypher: users that Okta has denied to an earlier run and nothing has shown since: their removal was withheld, say. */
const DENIED_BEFORE = `
  MATCH (n:User) WHERE n.okta_domain = $domain AND ${wasDeniedBefore('User')} AND n.id > $after`;

/**
 * Returns the number of candidates after the given id that no earlier run was denied: those that are not asked for after
 * too many were not found, without those that are in doubt anyway.
 */
export async function candidatesAfter(
  db: GraphDatabase,
  run: Run,
  label: NodeLabel,
  after: string,
): Promise<number> {
  const [rest] = await db.read<{ count: number }>(
    `${candidates(run, label)} WHERE NOT coalesce(${wasDeniedBefore(label)}, false) RETURN count(n) AS count`,
    { ...scopeOf(run), id: run.id, after },
  );
  return rest?.count ?? 0;
}

/** The removals to withhold, and why. */
export interface Withholding {
  /**
   * Number of candidates that were not asked for, because too many others were not found. They count as withheld,
   * together with all that were not found, by this run or an earlier one. If absent, those count that this run did not
   * find twice, and those of earlier runs.
   */
  unasked?: number;
  /** Set if Okta's own counts still include the nodes to be removed. */
  contradiction?: SyncWarning;
}

/** Withholds all removals of a kind in this run, and counts them. Repeating it changes nothing. */
export async function withhold(
  writer: RunWriter,
  label: NodeLabel,
  { contradiction, unasked }: Withholding,
): Promise<void> {
  const { run } = writer;
  await writeForRun(writer, async (tx) => {
    const withheld = await withholdWithin(tx, run, label, unasked);
    const counts: Counts = { [`${kindOf(label)}_withheld`]: withheld };
    return contradiction && withheld > 0
      ? { counts: { ...counts, [`${kindOf(label)}_contradicted`]: withheld }, warnings: [contradiction] }
      : { counts, warnings: [] };
  });
}

/** {@link withhold} within a transaction that holds the org's lock. @returns the number to count. */
export async function withholdWithin(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  unasked?: number,
): Promise<number> {
  const [row] = await tx.run<{ withheld: number }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.${kindOf(label)}_withheld AS withheld`,
    { domain: run.domain, id: run.id },
  );
  if ((row?.withheld ?? 0) > 0) return 0;
  return unasked === undefined
    ? inDoubt(tx, run, label)
    : (await inDoubt(tx, run, label, 'denied')) + unasked;
}

/** Returns how many nodes Okta has reported as not found in this run. */
async function deniedIn(tx: Transaction, run: Run, label: NodeLabel): Promise<number> {
  const [row] = await tx.run<{ denied: number }>(
    `${deniedBy(label)} RETURN count(n) AS denied`,
    scopeOf(run),
  );
  return row?.denied ?? 0;
}

/**
 * Returns how many nodes are in doubt: those that Okta has not found twice in this run, or also those not found once, and
 * those of an earlier run that it has neither shown nor denied since. Otherwise runs that cannot ask for all of them would
 * each remove a few.
 */
async function inDoubt(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  which: 'denied' | 'denied twice' = 'denied twice',
): Promise<number> {
  const [row] = await tx.run<{ count: number }>(
    `MATCH (n:${label}) WHERE n.okta_domain = $domain AND n.denied_run <= $run
       AND (n.denied_run = $run ${which === 'denied' ? '' : 'AND n.denied_twice'} OR ${wasDeniedBefore(label)})
     RETURN count(n) AS count`,
    scopeOf(run),
  );
  return row?.count ?? 0;
}

/** Compares all that is in doubt with what the run may still remove, and could without an approval. */
export async function doubtsOf(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  breaker: BreakerOptions,
): Promise<{ isOver: boolean; isOverUsual: boolean; isWithheld: boolean }> {
  const { limit, usual, removed, isWithheld } = await removalLimit(tx, run, kindOf(label), breaker);
  const total = removed + (await inDoubt(tx, run, label));
  return { isOver: total > limit, isOverUsual: total > usual, isWithheld };
}

/** Okta's responses for candidates that were asked for by id. */
export interface CheckResults {
  /** 404 for its id. */
  denied: readonly Candidate[];
  /** Exists after all, though not listed. */
  alive: readonly NodeRow[];
  /** Neither found nor reported as not found. */
  unconfirmed: readonly string[];
  /** Those of the unconfirmed that the credentials may not read: 403. */
  refused?: readonly string[];
  /** Okta's clock after the last response, milliseconds since the epoch. */
  asOfMs: number;
}

/**
 * Records Okta's responses for candidates: a 404 is stored on the node, existing ones are updated.
 *
 * @returns true if Okta has not found more of the kind than the breaker allows.
 */
export async function settleCandidates(
  writer: RunWriter,
  label: NodeLabel,
  results: CheckResults,
  breaker: BreakerOptions,
): Promise<boolean> {
  const { run } = writer;
  const kind = kindOf(label);
  const { isOver } = await writeForRun(writer, async (tx) => {
    await noteDenials(tx, run, label, results);
    const unread = label === 'Group' ? await unreadGroups(tx, run, results.alive) : [];
    const found = await writeNodes(tx, run, label, results.alive);
    // Suspects that Okta rejects with 403 would be asked for in every run. A run that reads the whole user list asks
    // for all that are no longer listed.
    const { refused = [], unconfirmed } = results;
    if (label === 'User')
      await changeSuspects(tx, run, {
        not: [...results.alive.map(({ id }) => id), ...refused],
        add: unconfirmed.filter((id) => !refused.includes(id)),
      });
    const { limit, removed } = await removalLimit(tx, run, kind, breaker);
    const denied = await deniedIn(tx, run, label);
    return {
      counts: {
        [`${kind}_updated`]: found.updated,
        nodes_unproven: results.unconfirmed.length,
        memberships_groups_failed: unread.length,
      },
      warnings: unread.map(temporarilyDenied),
      isOver: denied + removed > limit,
    };
  });
  return isOver;
}

async function noteDenials(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  { denied, asOfMs }: Pick<CheckResults, 'denied' | 'asOfMs'>,
): Promise<void> {
  if (denied.length === 0) return;
  await tx.run(
    `UNWIND $rows AS row
     MATCH (n:${label} {okta_domain: $domain, id: row.id}) WHERE coalesce(n.last_seen_run, 0) <= $run
     ${noteDenial(label, 'row.isRipe')}`,
    { ...scopeOf(run), rows: denied, asOf: dateTime(asOfMs) },
  );
}

/** Records one 404, within a transaction that holds the org's lock. */
export async function noteFirstDenial(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  { id, asOfMs }: { id: string; asOfMs: number },
): Promise<void> {
  await noteDenials(tx, run, label, { denied: [{ id, isRipe: false }], asOfMs });
}

/** Returns those of the groups whose members the run could not read because Okta reported the group as not found. */
async function unreadGroups(tx: Transaction, run: Run, rows: readonly NodeRow[]): Promise<string[]> {
  const unread = await tx.run<{ id: string }>(
    `UNWIND $ids AS id
     MATCH (n:Group {okta_domain: $domain, id: id})
     WHERE n.denied_run = $run AND n.memberships_tried_run = $run AND n.memberships_as_of IS NULL
     RETURN id`,
    { ...scopeOf(run), ids: rows.map(({ id }) => id) },
  );
  return unread.map(({ id }) => id);
}

function temporarilyDenied(groupId: string): SyncWarning {
  const message =
    'Okta reported a group as not found, but showed it later. Its memberships were kept; the next run reads them.';
  return { code: 'GROUP_FAILED', message, groupId };
}

/**
 * Changes the list of users to ask for, whatever a run lists: `not` were removed, exist in Okta, or only a run that
 * reads the whole user list should ask for them again; `add` could not be asked for.
 */
export async function changeSuspects(
  tx: Transaction,
  run: Run,
  { not, add = [] }: { not: readonly string[]; add?: readonly string[] },
): Promise<void> {
  if (not.length + add.length === 0) return;
  await tx.run(
    'MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = [id IN o.suspects WHERE NOT id IN ($not + $add)] + $add',
    { domain: run.domain, not, add },
  );
}
