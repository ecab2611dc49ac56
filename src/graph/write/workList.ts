import { randomUUID } from 'node:crypto';
import type { SyncWarning } from '../../contract';
import { EXCLUDED } from '../../okta/profile';
import type { Transaction } from '../database';
import { clearDenials } from './denials';
import { LAG } from './reading';
import { isTouchedRun, listsAllGroups, scopeOf, writeForRun, type Run, type RunWriter } from './run';
import { dateTime, integer } from '../values';

/**
 * Cypher: true if run `$run` has a reason to read group `g` other than its age: the run is full, or the group was never
 * completely read since its last failure, or it shows a sign of change since that read.
 */
const IS_CALLED_FOR = `coalesce(
  $full OR g.memberships_as_of IS NULL
  OR g.last_membership_updated >= g.memberships_as_of - duration('${LAG}')
  OR g.users_count <> g.memberships_users_count, false)`;

/** Cypher: true if run `$run` reads group `g` in any case, because its last complete read was long ago. */
const IS_TO_VERIFY = 'coalesce(g.memberships_verify_run, 0) = $run';

/**
 * Cypher: true if the members of group `g` are to be kept in sync: the installation does not exclude it, and it exists as
 * far as run `$run` knows, which has listed the group, or does not list all. Groups missing from a complete list are
 * left to the sweep.
 */
const EXISTS = `(g.last_seen_run >= $run OR NOT $listsAll) AND g.${EXCLUDED} IS NULL`;

/**
 * Cypher: true if group `g` is on the work list of run `$run`: not yet tried in it, and with a reason to be read. A run
 * that reads what the System Log has named reads only groups that were chosen for it.
 */
const ON_WORK_LIST = `
  coalesce(g.memberships_tried_run, 0) < $run AND ${EXISTS} AND (NOT $touched AND ${IS_CALLED_FOR} OR ${IS_TO_VERIFY})`;

/** Cypher: true if run `$run` has deferred group `g` to a second read. */
const IS_DEFERRED = 'coalesce(g.memberships_deferred_run, 0) = $run';

/** Cypher: {@link ClaimedGroup.surplus} of a group; graphs of version 0.2.0 hold only the count of that read. */
export function surplusOf({ group, edges }: { group: string; edges: string }): string {
  return `coalesce(${group}.memberships_surplus,
    CASE WHEN ${group}.memberships_users_count > ${edges} THEN ${group}.memberships_users_count - ${edges} END, 0)`;
}

/**
 * Cypher: the run number at the start of a claim. A later run takes over groups from an earlier one, never the other
 * way round.
 */
const CLAIMED_BY = `toInteger(split(coalesce(g.memberships_claim, '0'), '/')[0])`;

/**
 * Cypher: true if an attempt may claim group `g`: it is on the list, or deferred, and neither this attempt nor a later
 * run holds it.
 */
const claimable = (deferred: boolean) => `
  ${deferred ? IS_DEFERRED : ON_WORK_LIST} AND ${CLAIMED_BY} <= $run
  AND NOT coalesce(g.memberships_claim, '') STARTS WITH $own`;

const ownClaims = (run: Run, attempt: string) => `${run.number}/${attempt}/`;

const listScopeOf = (run: Run) => ({
  ...scopeOf(run),
  full: run.mode === 'full',
  touched: isTouchedRun(run),
  listsAll: listsAllGroups(run),
});

/** A group whose members the holder of this claim may read and write. */
export interface ClaimedGroup {
  id: string;
  /** `RUN/ATTEMPT/BATCH`; the next claim of the group replaces it. */
  claim: string;
  type: string | null;
  /** As last listed; null if unknown. */
  usersCount: number | null;
  /** True if this run has listed it, so that its count is of now. */
  isListed: boolean;
  /** Number of members in the graph. */
  edges: number;
  /** By how much Okta's count exceeded the members that Okta listed, at the last read that the graph equals. */
  surplus: number;
  /**
   * At the run's second read of the group: the number of removals that the first one found and deferred. Null at the
   * first read.
   */
  deferred: number | null;
  /** True if the only reason to read it is the age of its last complete read. */
  isVerification: boolean;
  /** Okta's clock when the run began to list groups, milliseconds since the epoch. */
  listedAtMs: number;
}

/** Returns true if a group is known to have no members, without a request. */
export function isKnownEmpty({ usersCount, edges, isListed }: ClaimedGroup): boolean {
  return isListed && usersCount === 0 && edges === 0;
}

/** The claiming attempt, and which groups to claim. */
export interface Claiming {
  /** Id of the attempt: it does not get a group again that it already holds. */
  attempt: string;
  atMost: number;
  /** True to claim the groups that this run has deferred to a second read, instead of those on its work list. */
  deferred?: boolean;
}

/**
 * Claims the next groups of the work list, unread ones first, then those read longest ago, larger ones first. Previous
 * holders can no longer write their members: neither another attempt, nor this one with members that it read under a
 * lost claim.
 */
export async function claimGroups(
  writer: RunWriter,
  { attempt, atMost, deferred = false }: Claiming,
): Promise<ClaimedGroup[]> {
  const { run } = writer;
  const own = ownClaims(run, attempt);
  const { groups } = await writeForRun(writer, async (tx) => ({
    counts: {},
    warnings: [],
    groups: await tx.run<ClaimedGroup>(
      `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
       MATCH (g:Group {okta_domain: $domain})
       WHERE ${claimable(deferred)}
       WITH r, g ORDER BY g.memberships_read_at IS NOT NULL, g.memberships_read_at, coalesce(g.users_count, 0) DESC
       LIMIT $atMost
       SET g.memberships_claim = $claim
       WITH r, g, COUNT { (g)<-[:MEMBER_OF]-() } AS edges
       RETURN g.id AS id, $claim AS claim, g.type AS type, g.users_count AS usersCount, g.last_seen_run >= $run AS isListed, edges, ${surplusOf({ group: 'g', edges: 'edges' })} AS surplus,
              CASE WHEN ${IS_DEFERRED} THEN g.memberships_deferred END AS deferred,
              NOT ($touched OR ${IS_CALLED_FOR}) AS isVerification, r.groups_as_of.epochMillis AS listedAtMs`,
      { ...listScopeOf(run), id: run.id, own, claim: own + randomUUID(), atMost: integer(atMost) },
    ),
  }));
  return groups;
}

/**
 * Returns true if the list has groups that this attempt does not hold and can claim. An attempt that was presumed dead
 * may have claimed them after this one had read them, and may end without reading them itself.
 */
export async function canBeClaimed(
  tx: Transaction,
  run: Run,
  { attempt, deferred = false }: Omit<Claiming, 'atMost'>,
): Promise<boolean> {
  const [row] = await tx.run<{ is: boolean }>(
    `RETURN EXISTS { MATCH (g:Group {okta_domain: $domain}) WHERE ${claimable(deferred)} } AS is`,
    { ...listScopeOf(run), own: ownClaims(run, attempt) },
  );
  return row?.is ?? false;
}

/** Numbers of groups that exist as far as the run knows: tried, still on its work list, and with no reason to be read. */
export interface GroupsByState {
  tried: number;
  left: number;
  unchanged: number;
  /** Those of the tried ones that wait for a second read. */
  deferred: number;
}

export async function groupsByState(tx: Pick<Transaction, 'run'>, run: Run): Promise<GroupsByState> {
  const [row] = await tx.run<GroupsByState>(
    `MATCH (g:Group {okta_domain: $domain}) WHERE ${EXISTS}
     WITH coalesce(g.memberships_tried_run, 0) >= $run AS tried, coalesce(${ON_WORK_LIST}, false) AS left,
          ${IS_DEFERRED} AS isDeferred
     RETURN count(CASE WHEN tried THEN 1 END) AS tried, count(CASE WHEN left THEN 1 END) AS left,
            count(CASE WHEN NOT tried AND NOT left THEN 1 END) AS unchanged, count(CASE WHEN isDeferred THEN 1 END) AS deferred`,
    listScopeOf(run),
  );
  return row ?? { tried: 0, left: 0, unchanged: 0, deferred: 0 };
}

/** Cypher: true if a run has completely read the members of a BUILT_IN group, such as Everyone. */
export function builtInWasRead({ domain, run }: { domain: string; run: string }): string {
  return `EXISTS { MATCH (g:Group {okta_domain: ${domain}, type: 'BUILT_IN'})
    WHERE g.memberships_tried_run = ${run} AND g.memberships_as_of IS NOT NULL }`;
}

/** Records that reading a group failed: the next run tries it again, regardless of its mode. */
export async function failGroup(
  writer: RunWriter,
  group: ClaimedGroup,
  warning: Omit<SyncWarning, 'groupId'>,
): Promise<void> {
  const { run } = writer;
  await writeForRun(writer, async (tx) => {
    const claimed = await stillClaimed(tx, run, [group]);
    if (!claimed.has(group)) return { counts: {}, warnings: [] };
    await markTried(tx, run, { failed: [group.id] });
    // The failure is reported here; if the sweep asked for the group as well, it would be reported twice.
    await tx.run('MATCH (g:Group {okta_domain: $domain, id: $id}) SET g.denied_run = null', {
      domain: run.domain,
      id: group.id,
    });
    return { counts: { memberships_groups_failed: 1 }, warnings: [{ ...warning, groupId: group.id }] };
  });
}

/**
 * Returns those of the groups that are still held by the claim under which they were read. A group may be listed twice,
 * read under a lost claim and again under the current one.
 */
export async function stillClaimed(
  tx: Transaction,
  run: Run,
  groups: readonly ClaimedGroup[],
): Promise<Set<ClaimedGroup>> {
  const rows = await tx.run<{ index: number }>(
    `UNWIND range(0, size($groups) - 1) AS index
     MATCH (g:Group {okta_domain: $domain, id: $groups[index][0]}) WHERE g.memberships_claim = $groups[index][1]
     RETURN index`,
    { domain: run.domain, groups: groups.map(({ id, claim }) => [id, claim]) },
  );
  return new Set(rows.flatMap(({ index }) => groups[index] ?? []));
}

/** A complete read of a group's members. */
interface GroupRead {
  group: ClaimedGroup;
  /** Okta's clock, milliseconds since the epoch. */
  asOfMs: number;
  /** By how much Okta's count exceeded the members listed; null if unknown. */
  surplus: number | null;
}

/** A group to be read again in the same run. */
export interface Deferral {
  id: string;
  /** Number of removals that were deferred. */
  removals: number;
  /** True if Okta's count still includes those members. */
  isContradicted: boolean;
}

/** Results of reading some groups. */
interface Tries {
  /** Completely read and written. */
  done?: readonly GroupRead[];
  /** Completely read and written, but the next run must read them again. */
  again?: readonly GroupRead[];
  /** Ids of groups that could not be read, or whose memberships in the graph differ from Okta's. */
  failed?: readonly string[];
  /** Failed for now; this run reads them again. */
  deferred?: readonly Deferral[];
}

/** Cypher: Okta's clock at the last complete read of group `g` that the graph equals; null if there was none. */
export const lastCompleteRead = (group: string): string =>
  `coalesce(${group}.memberships_whole_as_of, ${group}.memberships_as_of)`;

/**
 * Records the results of reading some groups. Every try removes a group from the run's list, so that a drain ends; only
 * a complete read removes it from the next run's. `memberships_whole_as_of`, which dates membership changes, is kept
 * after a failure.
 */
export async function markTried(
  tx: Transaction,
  run: Run,
  { done = [], again = [], failed = [], deferred = [] }: Tries,
): Promise<void> {
  const read = [
    ...done.map((row) => ({ ...row, isDone: true })),
    ...again.map((row) => ({ ...row, isDone: false })),
  ];
  if (read.length > 0) {
    await tx.run(
      `UNWIND $rows AS row
       MATCH (g:Group {okta_domain: $domain, id: row.id})
       SET g.memberships_tried_run = $run, g.memberships_whole_run = $run, g.memberships_whole_as_of = row.asOf,
           g.memberships_surplus = row.surplus,
           g.memberships_deferred_run = null, g.memberships_deferred = null, g.memberships_contradicted = null,
           g.memberships_as_of = CASE WHEN row.isDone THEN row.asOf END,
           g.memberships_read_at = CASE WHEN row.isDone THEN datetime.realtime() ELSE g.memberships_read_at END,
           g.memberships_users_count = CASE WHEN row.isDone THEN row.usersCount ELSE g.memberships_users_count END
       ${clearDenials('g')}`,
      {
        ...scopeOf(run),
        rows: read.map(({ group, asOfMs, surplus, isDone }) => ({
          id: group.id,
          isDone,
          asOf: dateTime(asOfMs),
          usersCount: integerOrNull(group.usersCount),
          surplus: integerOrNull(surplus),
        })),
      },
    );
  }
  if (failed.length + deferred.length === 0) return;
  await tx.run(
    `UNWIND $rows AS row
     MATCH (g:Group {okta_domain: $domain, id: row.id})
     SET g.memberships_tried_run = $run, g.memberships_whole_as_of = ${lastCompleteRead('g')}, g.memberships_as_of = null,
         g.memberships_deferred_run = CASE WHEN row.removals IS NULL THEN null ELSE $run END,
         g.memberships_deferred = row.removals,
         g.memberships_contradicted = coalesce(row.isContradicted, g.memberships_contradicted)`,
    {
      ...scopeOf(run),
      rows: [
        ...failed.map((id) => ({ id, removals: null, isContradicted: null })),
        ...deferred.map((group) => ({ ...group, removals: integer(group.removals) })),
      ],
    },
  );
}

/**
 * Records that groups are partially written: if the rest is never written, the next run reads them, regardless of its
 * mode.
 */
export async function markUnfinished(tx: Transaction, run: Run, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(
    `UNWIND $ids AS id
     MATCH (g:Group {okta_domain: $domain, id: id})
     SET g.memberships_whole_as_of = ${lastCompleteRead('g')}, g.memberships_as_of = null`,
    { domain: run.domain, ids },
  );
}

function integerOrNull(value: number | null) {
  return value === null ? null : integer(value);
}
