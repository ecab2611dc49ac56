import { randomUUID } from 'node:crypto';
import type { SyncWarning } from '../../contract';
import type { Transaction } from '../database';
import { CLEAR_DENIALS } from './denials';
import { scopeOf, writeForRun, type Run, type RunWriter } from './run';
import { dateTime, integer } from '../values';

/** `lastMembershipUpdated` becomes visible some seconds late and then carries the earlier time. */
const STAMP_LAG = 'PT5M';

/**
 * Whether a group `g` is on the work list of run `$run`: not tried in it, and in a full run, or never read whole
 * since the last failure, or with a sign of change since it was.
 */
const ON_WORK_LIST = `
  coalesce(g.memberships_tried_run, 0) < $run AND g.last_seen_run >= $run AND (
    $full OR g.memberships_as_of IS NULL
    OR g.last_membership_updated >= g.memberships_as_of - duration('${STAMP_LAG}')
    OR g.users_count <> g.memberships_users_count)`;

/** Whether run `$run` has put a group `g` off to a second look. */
const IS_DEFERRED = 'coalesce(g.memberships_deferred_run, 0) = $run';

/** Cypher: {@link ClaimedGroup.surplus} of a group; graphs of version 0.2.0 hold only the count of that read. */
export function surplusOf(group: string, edges: string): string {
  return `coalesce(${group}.memberships_surplus,
    CASE WHEN ${group}.memberships_users_count > ${edges} THEN ${group}.memberships_users_count - ${edges} END, 0)`;
}

/** The run in front of a claim: a later run takes groups from an earlier one, never the other way round. */
const CLAIMED_BY = `toInteger(split(coalesce(g.memberships_claim, '0'), '/')[0])`;

/** What an attempt may claim: groups on the list, or those that were put off, that neither it nor a later run holds. */
const claimable = (deferred: boolean) => `
  ${deferred ? IS_DEFERRED : ON_WORK_LIST} AND ${CLAIMED_BY} <= $run
  AND NOT coalesce(g.memberships_claim, '') STARTS WITH $own`;

const ownClaims = (run: Run, attempt: string) => `${run.number}/${attempt}/`;

const listScopeOf = (run: Run) => ({ ...scopeOf(run), full: run.mode === 'full' });

/** A group whose members this claim may read and write. */
export interface ClaimedGroup {
  id: string;
  /** `RUN/ATTEMPT/BATCH`; whoever claims the group next sets another. */
  claim: string;
  type: string | null;
  /** As listed by this run; null is unknown. */
  usersCount: number | null;
  /** Members that the graph has. */
  edges: number;
  /** By how much Okta's count was above the members that Okta listed, at the last read that the graph equals. */
  surplus: number;
  /** At the run's second look at the group: the removals that the first one found and put off. Null at the first look. */
  deferred: number | null;
  /** Okta's clock when the run began to list groups, milliseconds since the epoch. */
  listedAtMs: number;
}

/** Who claims, and which groups. */
export interface Claiming {
  /** Names the attempt: it gets no group again while it holds it. */
  attempt: string;
  atMost: number;
  /** True to take the groups that this run has put off to a second look, instead of those on its work list. */
  deferred?: boolean;
}

/**
 * Takes the next groups off the work list, biggest and longest unread first. Whoever held them before can no
 * longer write their members: neither another attempt, nor this one with what it read under a claim that it lost.
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
       RETURN g.id AS id, $claim AS claim, g.type AS type, g.users_count AS usersCount, edges, ${surplusOf('g', 'edges')} AS surplus,
              CASE WHEN ${IS_DEFERRED} THEN g.memberships_deferred END AS deferred, r.groups_as_of.epochMillis AS listedAtMs`,
      { ...listScopeOf(run), id: run.id, own, claim: own + randomUUID(), atMost: integer(atMost) },
    ),
  }));
  return groups;
}

/**
 * Returns true if another attempt can claim groups of the list that this one does not hold: an attempt that was given up
 * may have taken them after this one had read them, and may end without reading them itself.
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

/** Groups that the run has listed: tried, on its work list still, and without a reason to be read. */
export interface GroupsByState {
  tried: number;
  left: number;
  unchanged: number;
  /** Those among the tried ones that wait for a second look. */
  deferred: number;
}

export async function groupsByState(tx: Pick<Transaction, 'run'>, run: Run): Promise<GroupsByState> {
  const [row] = await tx.run<GroupsByState>(
    `MATCH (g:Group {okta_domain: $domain}) WHERE g.last_seen_run >= $run
     WITH coalesce(g.memberships_tried_run, 0) >= $run AS tried, coalesce(${ON_WORK_LIST}, false) AS left,
          ${IS_DEFERRED} AS isDeferred
     RETURN count(CASE WHEN tried THEN 1 END) AS tried, count(CASE WHEN left THEN 1 END) AS left,
            count(CASE WHEN NOT tried AND NOT left THEN 1 END) AS unchanged, count(CASE WHEN isDeferred THEN 1 END) AS deferred`,
    listScopeOf(run),
  );
  return row ?? { tried: 0, left: 0, unchanged: 0, deferred: 0 };
}

/** Cypher: whether a run has read the members of a BUILT_IN group, such as Everyone, whole. */
export function builtInWasRead(domain: string, run: string): string {
  return `EXISTS { MATCH (g:Group {okta_domain: ${domain}, type: 'BUILT_IN'})
    WHERE g.memberships_tried_run = ${run} AND g.memberships_as_of IS NOT NULL }`;
}

/** Notes that a group was tried without success: it is tried again by the next run, whatever its mode. */
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
    // The failure is told here; that the sweep asks for the group as well would tell it twice.
    await tx.run('MATCH (g:Group {okta_domain: $domain, id: $id}) SET g.denied_run = null', {
      domain: run.domain,
      id: group.id,
    });
    return { counts: { memberships_groups_failed: 1 }, warnings: [{ ...warning, groupId: group.id }] };
  });
}

/**
 * Which of these groups are still held by the claim under which they were read. A group may be among them twice, read
 * under a claim that was lost and again under the one that holds.
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

/** A group's members as they were read. */
interface Reading {
  group: ClaimedGroup;
  /** Okta's clock, milliseconds since the epoch. */
  asOfMs: number;
  /** By how much Okta's count was above the members listed; null is unknown. */
  surplus: number | null;
}

/** A group that is looked at again in the same run. */
export interface Deferral {
  id: string;
  /** Removals that were put off. */
  removals: number;
  /** True if Okta's count still has those members. */
  isContradicted: boolean;
}

/** How the tries of some groups went. */
interface Tries {
  /** Read and written whole. */
  done?: readonly Reading[];
  /** The same, but the next run is to look again. */
  again?: readonly Reading[];
  /** The graph is not what Okta said, or Okta said nothing: groups by id. */
  failed?: readonly string[];
  /** The same, but this run is to look again. */
  deferred?: readonly Deferral[];
}

/** Cypher: Okta's clock at the latest reading of group `g` that the graph equals; null when there was none. */
export const LATEST_WHOLE_READING = 'coalesce(g.memberships_whole_as_of, g.memberships_as_of)';

/**
 * Every try takes a group off the run's list, so that a drain ends; only a whole reading takes it off the next run's.
 * What a change of members is dated by, `memberships_whole_as_of`, outlives a failure.
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
       WITH g AS n ${CLEAR_DENIALS}`,
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
     SET g.memberships_tried_run = $run, g.memberships_whole_as_of = ${LATEST_WHOLE_READING}, g.memberships_as_of = null,
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

/** Notes that groups are written in part: should the rest never follow, the next run reads them, whatever its mode. */
export async function markUnfinished(tx: Transaction, run: Run, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(
    `UNWIND $ids AS id
     MATCH (g:Group {okta_domain: $domain, id: id})
     SET g.memberships_whole_as_of = ${LATEST_WHOLE_READING}, g.memberships_as_of = null`,
    { domain: run.domain, ids },
  );
}

function integerOrNull(value: number | null) {
  return value === null ? null : integer(value);
}
