import type { Counts } from '../../telemetry/runCounts';
import type { SyncWarning } from '../../contract';
import type { OktaUser } from '../../okta/user';
import { countOf } from '../../text/counts';
import { OutOfTransactionMemoryError, type GraphDatabase, type Transaction } from '../database';
import { withheldWarning } from './deferred';
import { batches, userRow, writeNodes, type NodeRow } from './nodes';
import { keepsHistory, scopeOf, writeForRun, type Run, type RunWriter, type Tally } from './run';
import { endMembership } from './pastMemberships';
import { dateTime } from '../values';
import {
  isKnownEmpty,
  lastCompleteRead,
  markTried,
  markUnfinished,
  stillClaimed,
  type ClaimedGroup,
} from './workList';

/** A group's members in Okta. */
export interface GroupMembers {
  group: ClaimedGroup;
  ids: ReadonlySet<string>;
  /** Members without a node in the graph when they were read. */
  newUsers: readonly OktaUser[];
  /** Warnings about members that cannot be stored. */
  warnings: readonly SyncWarning[];
  /** Okta's clock at the first page, milliseconds since the epoch. */
  asOfMs: number;
}

/** The edges to add and to remove so that a group's memberships equal Okta's. */
export interface MembershipChange extends GroupMembers {
  add: readonly string[];
  remove: readonly string[];
}

/** How Okta's own member count compares to the members that were read. */
export interface Confirmation {
  /**
   * `confirmed`: the count equals the members read, or no removal is planned. `contradicted`: the count still includes
   * members that were not listed. `unconfirmed`: the count is unknown, or differs otherwise. `short`: no removal is
   * planned, but the count exceeds the members read by more than before.
   */
  result: 'confirmed' | 'unconfirmed' | 'contradicted' | 'short';
  /** By how much the count exceeds the members read; null if unknown. */
  surplus: number | null;
}

/** A change with the result of comparing it to Okta's count. */
export interface ConfirmedChange extends MembershipChange, Confirmation {}

/**
 * Compares the members with the edges in the graph. The groups are claimed, so no other attempt changes their edges
 * meanwhile.
 */
export async function diffMemberships(
  db: GraphDatabase,
  run: Run,
  read: readonly GroupMembers[],
): Promise<MembershipChange[]> {
  const inGraph = await membersInGraph(
    db,
    run,
    read.filter(({ group }) => group.edges > 0).map(({ group }) => group.id),
  );
  return read.map((members) => {
    const known = inGraph.get(members.group.id) ?? new Set<string>();
    return {
      ...members,
      add: [...members.ids].filter((id) => !known.has(id)),
      remove: [...known].filter((id) => !members.ids.has(id)),
    };
  });
}

async function membersInGraph(
  db: GraphDatabase,
  run: Run,
  ids: readonly string[],
): Promise<Map<string, Set<string>>> {
  if (ids.length === 0) return new Map();
  const rows = await db.read<{ id: string; members: string[] }>(
    `UNWIND $ids AS id
     MATCH (g:Group {okta_domain: $domain, id: id})
     RETURN id, COLLECT { MATCH (g)<-[:MEMBER_OF]-(u:User) RETURN u.id } AS members`,
    { domain: run.domain, ids },
  );
  return new Map(rows.map(({ id, members }) => [id, new Set(members)]));
}

/** Maximum number of edges in one transaction. */
export const MAX_EDGES = 10_000;

/** Transactions that were not tried yet are not made smaller than this: the memory shortage may be temporary. */
export const MIN_EDGES = 100;

/** The part of a group's change that one transaction writes. */
interface Portion {
  change: ConfirmedChange;
  add: readonly string[];
  /** Empty if the group's removals are not made now. */
  remove: readonly string[];
  /** True if this is the last portion of the group. */
  isLast: boolean;
}

/** The outcome of a group's removals; it is the same for all of them. */
type Fate = 'made' | 'deferred' | 'withheld';

export interface WriteOptions {
  /** True if a person has approved removals that Okta's counts contradict. */
  isApproved?: boolean;
  /** Called after each transaction, including one that ran out of memory; an error that it throws ends the writing. */
  beat?: () => void;
}

/** State of one call for some groups. */
interface Writing {
  run: Run;
  /** True if a person has approved removals that Okta's count contradicts. */
  isApproved: boolean;
  /** Number of members, by group id, without a user in the graph. */
  orphans: Map<string, number>;
}

/**
 * Writes the changes of some groups in transactions of at most {@link MAX_EDGES} edges, smaller ones if Neo4j runs out
 * of memory; a group is marked as read in its last transaction. Groups whose claim was lost are skipped. Removals that
 * Okta's count does not confirm are deferred to a second read of the group, which makes at most as many removals as the
 * first has counted; groups with fewer members listed than counted get a second read as well.
 *
 * @returns the number of members without a user in the graph; their groups stay on the next run's list.
 */
export async function writeMemberships(
  writer: RunWriter,
  changes: readonly ConfirmedChange[],
  { isApproved = false, beat = () => undefined }: WriteOptions = {},
): Promise<number> {
  const { run } = writer;
  const newUsers = new Map(changes.flatMap(({ newUsers }) => newUsers).map((user) => [user.id, user]));
  for (const rows of batches([...newUsers.values()].map(userRow))) {
    await writeForRun(writer, async (tx) => ({
      counts: await addNewUsers(tx, run, rows),
      warnings: [],
    }));
    beat();
  }
  const writing: Writing = { run, isApproved, orphans: new Map() };
  const whole = changes.map((change) => ({
    change,
    add: change.add,
    remove: fateOf(change, isApproved) === 'made' ? change.remove : [],
    isLast: true,
  }));
  await writePortions(writer, writing, { portions: whole, beat });
  return sum(writing.orphans.values());
}

/**
 * Decides on a group's removals. A second read makes at most as many as the breaker has allowed, the number counted at
 * the first.
 */
function fateOf({ result, remove, group }: ConfirmedChange, isApproved: boolean): Fate {
  if (result === 'short') return group.deferred === null ? 'deferred' : 'made';
  if (result === 'confirmed' || remove.length === 0) return 'made';
  if (group.deferred === null) return 'deferred';
  const isCounted = remove.length <= group.deferred;
  return isCounted && (result === 'unconfirmed' || isApproved) ? 'made' : 'withheld';
}

/**
 * Writes the portions; if Neo4j runs out of memory for a transaction, the rest of it is written in transactions of half
 * its size.
 */
async function writePortions(
  writer: RunWriter,
  writing: Writing,
  { portions, beat }: { portions: readonly Portion[]; beat: () => void },
): Promise<void> {
  for (let left = cut(portions, MAX_EDGES); left.length > 0; beat()) {
    const [next = [], ...rest] = left;
    try {
      const { missing } = await writeForRun(writer, (tx) => writeTogether(tx, writing, next));
      for (const [id, count] of missing) writing.orphans.set(id, (writing.orphans.get(id) ?? 0) + count);
      left = rest;
    } catch (error) {
      const edges = sum(next.map(({ add, remove }) => add.length + remove.length));
      if (!(error instanceof OutOfTransactionMemoryError) || edges <= 1) throw error;
      const half = Math.ceil(edges / 2);
      // Each transaction is cut separately: a group MUST NOT be in one transaction twice.
      left = [
        ...cut(next, half),
        ...rest.flatMap((transaction) => cut(transaction, Math.max(half, MIN_EDGES))),
      ];
    }
  }
}

/** Cuts portions into transactions of at most `maxEdges` edges. */
function cut(portions: readonly Portion[], maxEdges: number): Portion[][] {
  const transactions: Portion[][] = [];
  let room = 0;
  for (const portion of portions) {
    let { add, remove } = portion;
    for (let isDone = false; !isDone;) {
      if (room === 0) {
        transactions.push([]);
        room = maxEdges;
      }
      const adds = add.slice(0, room);
      const removes = remove.slice(0, room - adds.length);
      add = add.slice(adds.length);
      remove = remove.slice(removes.length);
      isDone = add.length + remove.length === 0;
      transactions.at(-1)?.push({
        change: portion.change,
        add: adds,
        remove: removes,
        isLast: portion.isLast && isDone,
      });
      room -= adds.length + removes.length;
    }
  }
  return transactions;
}

async function writeTogether(
  tx: Transaction,
  writing: Writing,
  portions: readonly Portion[],
): Promise<Tally & { missing: Map<string, number> }> {
  const { run, isApproved, orphans } = writing;
  const groups = portions.map(({ change }) => change.group);
  // Sent together; the second statement checks the claims by itself.
  const [claimed, added] = await Promise.all([stillClaimed(tx, run, groups), addEdges(tx, run, portions)]);
  const mine = portions.filter(({ change }) => claimed.has(change.group));
  const leaving = mine.filter(({ remove }) => remove.length > 0);
  const removed = await removeEdges(tx, run, leaving);

  const missing = new Map<string, number>();
  for (const portion of mine) {
    const count = portion.add.length - (added.get(idOf(portion)) ?? 0);
    if (count > 0) missing.set(idOf(portion), count);
  }
  const ended = mine.filter(({ isLast }) => isLast);
  const unfinished = markUnfinished(tx, run, mine.filter(({ isLast }) => !isLast).map(idOf));
  const lacking = ended.flatMap((portion) => {
    const count = (orphans.get(idOf(portion)) ?? 0) + (missing.get(idOf(portion)) ?? 0);
    return count > 0 ? [withoutUsers(idOf(portion), count)] : [];
  });
  const unequal = new Set(lacking.map(({ groupId }) => groupId));
  const whole = ended.filter((portion) => !unequal.has(idOf(portion))).map(({ change }) => change);
  const of = (fate: Fate) => whole.filter((change) => fateOf(change, isApproved) === fate);
  const withheld = of('withheld').map(removalsOf);
  const short = of('made').filter(({ result }) => result === 'short');
  const marked = markTried(tx, run, {
    done: of('made').filter((change) => !mayHaveMissed(change)),
    again: of('made').filter(mayHaveMissed),
    deferred: of('deferred').map(removalsOf),
    failed: [...unequal, ...withheld.map(({ id }) => id)],
  });

  // A group whose removals were deferred is counted at its first read.
  const read = whole.filter(({ group, result }) => !group.deferred && result !== 'short');
  const counts: Counts = {
    memberships_added: sum(added.values()),
    memberships_removed: removed,
    memberships_removed_unproven: sum(
      leaving.filter(({ change }) => change.result !== 'confirmed').map(({ remove }) => remove.length),
    ),
    memberships_withheld: sum(withheld.map(({ removals }) => removals)),
    memberships_contradicted: sum(
      withheld.filter(({ isContradicted }) => isContradicted).map(({ removals }) => removals),
    ),
    memberships_groups_read: read.length,
    memberships_groups_verified: read.filter(({ group }) => group.isVerification && !isKnownEmpty(group))
      .length,
    memberships_groups_failed: lacking.length + short.length,
  };
  const warnings = [
    ...ended.flatMap(({ change }) => change.warnings),
    ...lacking,
    ...withheld.map(withheldWarning),
    ...short.map(shortWarning),
  ];
  return { counts, warnings, missing, sent: Promise.all([unfinished, marked]) };
}

function removalsOf({ group, remove, result }: ConfirmedChange) {
  return { id: group.id, removals: remove.length, isContradicted: result === 'contradicted' };
}

/**
 * Returns true if the next run must read a group again:
 * - Members were removed although Okta's count did not confirm it: they may reappear without a sign of change.
 * - The read changed something, and the listed count differs: it may change back. If the read changed nothing, a
 *   differing count is ignored, or the group would be read in every run.
 * - The list was too short twice: it may be complete by then. If not, its surplus is known.
 */
function mayHaveMissed({ group, ids, add, remove, result }: ConfirmedChange): boolean {
  if (result === 'short' || (remove.length > 0 && result !== 'confirmed')) return true;
  return add.length + remove.length > 0 && group.usersCount !== null && group.usersCount !== ids.size;
}

function idOf({ change }: Portion): string {
  return change.group.id;
}

function shortWarning({ group, ids, surplus }: ConfirmedChange): SyncWarning {
  const message = `Okta lists ${countOf(ids.size, 'member')} of this group but counts ${surplus ?? 'some'} more (checked twice). The listed members were written; the next run reads this group again.`;
  return { code: 'MEMBERS_MISSING', message, groupId: group.id };
}

function withoutUsers(groupId: string, count: number): SyncWarning & { groupId: string } {
  const message = `The graph has no user for ${countOf(count, 'member')} of this group, perhaps removed in the meantime; the next run reads this group again.`;
  return { code: 'MEMBERS_WITHOUT_USER', message, groupId, count };
}

/**
 * Creates users for members without one, from the members' own objects; existing users are not changed. These are not
 * rows of the user list, so they MUST NOT count as seen: an empty list would look like one that contains users.
 */
async function addNewUsers(tx: Transaction, run: Run, users: readonly NodeRow[]): Promise<Counts> {
  const known = await tx.run<{ id: string }>(
    'UNWIND $ids AS id MATCH (u:User {okta_domain: $domain, id: id}) RETURN id',
    { domain: run.domain, ids: users.map(({ id }) => id) },
  );
  const ids = new Set(known.map(({ id }) => id));
  const { created } = await writeNodes(
    tx,
    run,
    'User',
    users.filter(({ id }) => !ids.has(id)),
  );
  return { users_created: created };
}

/**
 * Cypher: looks up user `u` with id `member` through the key's index, whatever the planner's statistics say: it keeps a
 * plan made while there were few users, which is slow for thousands of members. The rest of the pattern MUST start from
 * here, or the planner may scan all members of a group for each one that leaves it.
 */
const MEMBER = 'MATCH (u:User {okta_domain: $domain, id: member}) USING INDEX SEEK u:User(okta_domain, id)';

/**
 * Adds the missing edges of groups that are still claimed; a member without a user node is skipped. All portions of a
 * group see the same previous read, since only the last portion updates it.
 */
async function addEdges(
  tx: Transaction,
  run: Run,
  portions: readonly Portion[],
): Promise<Map<string, number>> {
  const rows = portions.filter(({ add }) => add.length > 0).map((portion) => rowOf(portion, portion.add));
  if (rows.length === 0) return new Map();
  const added = await tx.run<{ id: string; count: number }>(
    `UNWIND $rows AS row
     MATCH (g:Group {okta_domain: $domain, id: row.id}) WHERE g.memberships_claim = row.claim
     SET g.memberships_changed_run = $run
     WITH row, g, ${lastCompleteRead('g')} AS before
     UNWIND row.members AS member
     ${MEMBER}
     CREATE (u)-[m:MEMBER_OF {valid_from: row.asOf, not_before: before, opened_by: $run}]->(g)
     RETURN row.id AS id, count(m) AS count`,
    { ...scopeOf(run), rows },
  );
  return new Map(added.map(({ id, count }) => [id, count]));
}

/** The parameters of the statements that write a portion's edges. */
function rowOf({ change }: Portion, members: readonly string[]) {
  const { id, claim } = change.group;
  return { id, claim, asOf: dateTime(change.asOfMs), members };
}

/**
 * Removes edges or turns them into history. A user that left a BUILT_IN group, such as Everyone, has most likely been
 * deleted: the sweep asks Okta.
 */
async function removeEdges(tx: Transaction, run: Run, portions: readonly Portion[]): Promise<number> {
  if (portions.length === 0) return 0;
  const [removed] = await tx.run<{ count: number }>(
    `UNWIND $rows AS row
     MATCH (g:Group {okta_domain: $domain, id: row.id})
     WITH row.asOf AS at, row.members AS members, g, ${lastCompleteRead('g')} AS before
     UNWIND members AS member
     ${MEMBER}
     WITH u, g, at, before
     MATCH (u)-[m:MEMBER_OF]->(g)
     ${keepsHistory(run) ? endMembership({ user: 'u', membership: 'm', group: 'g', at: 'at', before: 'before' }) : 'DELETE m'}
     RETURN count(*) AS count`,
    {
      ...scopeOf(run),
      rows: portions.map((portion) => rowOf(portion, portion.remove)),
    },
  );
  const suspects = portions
    .filter(({ change }) => change.group.type === 'BUILT_IN')
    .flatMap(({ remove }) => remove);
  if (suspects.length > 0) {
    await tx.run('MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = o.suspects + $suspects', {
      domain: run.domain,
      suspects,
    });
  }
  return removed?.count ?? 0;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
