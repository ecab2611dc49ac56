import { randomUUID } from 'node:crypto';
import type { NodeLabel } from '../../contract';
import { REMOVABLE_KINDS, removableText, type RemovableKind } from './breaker';
import type { GraphDatabase, Transaction } from '../database';
import { hasLists } from './run';
import { integer } from '../values';

/** Removals by kind. */
export type RemovalCounts = Record<RemovableKind, number>;

/** The same number of removals of each kind. */
export const ofEachKind = (count: number): RemovalCounts =>
  Object.fromEntries(REMOVABLE_KINDS.map((kind) => [kind, count])) as RemovalCounts;

/** Formats removals, such as `40 users, 0 groups, 0 memberships, 3 apps`; of apps, roles and rules only what there is. */
export function removalsText(counts: Partial<RemovalCounts>): string {
  const always: ReadonlySet<RemovableKind> = new Set(['users', 'groups', 'memberships']);
  return REMOVABLE_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    return count > 0 || always.has(kind) ? removableText(kind, count) : [];
  }).join(', ');
}

/** A person's approval of the removals of one run. */
export interface Approval {
  /** The approver's name: stored in the graph, MUST NOT reach Temporal. */
  by: string;
  /** Maximum number of removals of each kind. */
  counts: RemovalCounts;
  /** What the approver has seen; absent if they have seen numbers only. */
  listed?: ListedRemovals;
}

/** The users and groups that a page listed for an approver. */
export interface ListedRemovals {
  /** Number of the run that withheld their removal. */
  ofRun: number;
  userIds: readonly string[];
  groupIds: readonly string[];
}

/** Stores an approval for the run that is started with its id. @returns the id, a random UUID. */
export async function approveRemovals(
  db: GraphDatabase,
  domain: string,
  { by, counts, listed }: Approval,
): Promise<string> {
  const id = randomUUID();
  await db.run(
    `CREATE (a:RemovalApproval {okta_domain: $domain, id: $id, at: datetime.realtime('UTC'), by: $by})
     SET a += $counts, a.of_run = $ofRun, a.user_ids = $userIds, a.group_ids = $groupIds`,
    {
      domain,
      id,
      by,
      counts: integers(counts),
      ofRun: listed ? integer(listed.ofRun) : null,
      userIds: listed?.userIds ?? null,
      groupIds: listed?.groupIds ?? null,
    },
  );
  return id;
}

/** Withdraws an approval that no run has used. */
export async function withdrawApproval(db: GraphDatabase, domain: string, id: string): Promise<void> {
  await db.run(
    'MATCH (a:RemovalApproval {okta_domain: $domain, id: $id}) WHERE a.used_run IS NULL DELETE a',
    {
      domain,
      id,
    },
  );
}

/** Returns the number of removals that a run withheld, by kind. */
export async function withheldIn(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
): Promise<RemovalCounts> {
  const [counts] = await db.read<RemovalCounts>(
    `MATCH (r:SyncRun {okta_domain: $domain, number: $number}) RETURN ${WITHHELD}`,
    { domain, number: integer(runNumber) },
  );
  return counts ?? NOTHING;
}

/**
 * Returns the number of removals, by kind, that the last run withheld; failed runs are skipped, since they did not
 * check.
 */
export async function lastWithheld(db: GraphDatabase, domain: string): Promise<RemovalCounts> {
  const [counts] = await db.read<RemovalCounts>(LAST_WITHHELD, { domain });
  return counts ?? NOTHING;
}

/**
 * An approval is meant for a run that starts immediately. One that was left over, for example because the start failed,
 * must not apply to a run on another day.
 */
const EXPIRES_AFTER = 'P1D';

const NOTHING = ofEachKind(0);

const WITHHELD = REMOVABLE_KINDS.map((kind) => `coalesce(r.${kind}_withheld, 0) AS ${kind}`).join(', ');

const LAST_WITHHELD = `
  MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.outcome IN ['succeeded', 'partial'] AND ${hasLists('r')}
  WITH r ORDER BY r.number DESC LIMIT 1
  RETURN ${WITHHELD}`;

export const totalOf = (counts: RemovalCounts): number =>
  REMOVABLE_KINDS.reduce((total, kind) => total + counts[kind], 0);

/** Marks the approval as used by this run, the only one it applies to from now on. */
const USE = `
  MATCH (a:RemovalApproval {okta_domain: $domain, id: $approvalId})
  WHERE a.used_run IS NULL AND a.at > datetime.realtime('UTC') - duration('${EXPIRES_AFTER}')
  MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  SET a.used_run = $number, r.approved_by = a.by, r.approved_at = a.at
  RETURN ${REMOVABLE_KINDS.map((kind) => `coalesce(a.${kind}, 0) AS ${kind}`).join(', ')}`;

/**
 * Sets the number of removals approved for a run that was started with `allowDeletes`: those of the approval with the
 * id that it was started with, which no other run can use. A run without an id, for example from the `temporal` command
 * line, gets the number that the last run withheld. Nothing is approved if the approval was withdrawn, used or has
 * expired, or if nothing was withheld.
 */
export async function useApproval(
  tx: Transaction,
  run: { domain: string; id: string; number: number },
  approvalId?: string,
): Promise<void> {
  const { domain, id, number } = run;
  const scope = { domain, id, number: integer(number), approvalId: approvalId ?? null };
  const [counts = NOTHING] = await tx.run<RemovalCounts>(
    approvalId === undefined ? LAST_WITHHELD : USE,
    scope,
  );
  await tx.run(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     SET r.approved_at = CASE WHEN $isGiven THEN coalesce(r.approved_at, r.started_at) END,
         ${REMOVABLE_KINDS.map((kind) => `r.approved_${kind} = $counts.${kind}`).join(', ')}`,
    { ...scope, isGiven: totalOf(counts) > 0, counts: integers(counts) },
  );
}

/**
 * Returns true if all these users or groups were listed for the approver of a run, or if only numbers were approved.
 */
export async function wereListed(
  tx: Transaction,
  run: { domain: string; number: number },
  label: NodeLabel,
  ids: readonly string[],
): Promise<boolean> {
  const list = label === 'User' ? 'a.user_ids' : 'a.group_ids';
  const [approval] = await tx.run<{ hasAll: boolean }>(
    `MATCH (a:RemovalApproval {okta_domain: $domain, used_run: $run})
     RETURN ${list} IS NULL OR all(id IN $ids WHERE id IN ${list}) AS hasAll`,
    { domain: run.domain, run: integer(run.number), ids },
  );
  return approval?.hasAll ?? true;
}

/** An approval of what a run withheld. */
export interface GivenApproval {
  by: string;
  at: Date;
  /** The run that was started with it; absent if it has not begun. */
  usedRun?: number;
}

/** Returns the last approval of the removals that a run withheld; undefined if its list was not approved. */
export async function approvalOfList(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
): Promise<GivenApproval | undefined> {
  const [row] = await db.read<{ by: string; atMs: number; usedRun: number | null }>(
    `MATCH (a:RemovalApproval {okta_domain: $domain, of_run: $number})
     RETURN a.by AS by, a.at.epochMillis AS atMs, a.used_run AS usedRun ORDER BY a.at DESC LIMIT 1`,
    { domain, number: integer(runNumber) },
  );
  return row && { by: row.by, at: new Date(row.atMs), ...(row.usedRun !== null && { usedRun: row.usedRun }) };
}

function integers(counts: RemovalCounts) {
  return Object.fromEntries(REMOVABLE_KINDS.map((kind) => [kind, integer(counts[kind])]));
}

/** Returns who approved the removals of a run; undefined if no approver was named. */
export async function approverOf(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
): Promise<string | undefined> {
  const [row] = await db.read<{ by: string | null }>(
    'MATCH (r:SyncRun {okta_domain: $domain, number: $number}) RETURN r.approved_by AS by',
    { domain, number: integer(runNumber) },
  );
  return row?.by ?? undefined;
}
