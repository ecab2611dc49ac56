import { randomUUID } from 'node:crypto';
import { REMOVABLE_KINDS, type RemovableKind } from './breaker';
import type { GraphDatabase, Transaction } from '../database';
import { integer } from '../values';

/** Removals by kind. */
export type RemovalCounts = Record<RemovableKind, number>;

/** A person's word that one run may remove this much. */
export interface Approval {
  /** Who gave it: kept in the graph, and MUST NOT reach Temporal. */
  by: string;
  /** The most that may be removed of each kind. */
  counts: RemovalCounts;
}

/** Keeps an approval for the run that is started with its id. @returns the id, a random UUID. */
export async function approveRemovals(
  db: GraphDatabase,
  domain: string,
  { by, counts }: Approval,
): Promise<string> {
  const id = randomUUID();
  await db.run(
    `CREATE (a:RemovalApproval {okta_domain: $domain, id: $id, at: datetime.realtime('UTC'), by: $by})
     SET a += $counts`,
    { domain, id, by, counts: integers(counts) },
  );
  return id;
}

/** Takes back an approval that no run has used. */
export async function withdrawApproval(db: GraphDatabase, domain: string, id: string): Promise<void> {
  await db.run(
    'MATCH (a:RemovalApproval {okta_domain: $domain, id: $id}) WHERE a.used_run IS NULL DELETE a',
    {
      domain,
      id,
    },
  );
}

/** What a run withheld, by kind. */
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

/** What the last run that came to its own end withheld, by kind: one that failed has not looked. */
export async function lastWithheld(db: GraphDatabase, domain: string): Promise<RemovalCounts> {
  const [counts] = await db.read<RemovalCounts>(LAST_WITHHELD, { domain });
  return counts ?? NOTHING;
}

/** An approval is given to start a run at once. One that was left, as by a start that failed, must not hold for another day's. */
const EXPIRES_AFTER = 'P1D';

const NOTHING: RemovalCounts = { users: 0, groups: 0, memberships: 0 };

const WITHHELD = REMOVABLE_KINDS.map((kind) => `coalesce(r.${kind}_withheld, 0) AS ${kind}`).join(', ');

const LAST_WITHHELD = `
  MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.outcome IN ['succeeded', 'partial']
  WITH r ORDER BY r.number DESC LIMIT 1
  RETURN ${WITHHELD}`;

export const totalOf = (counts: RemovalCounts): number =>
  REMOVABLE_KINDS.reduce((total, kind) => total + counts[kind], 0);

/** Marks the approval as used by a run, of which it holds from then on. */
const TAKE = `
  MATCH (a:RemovalApproval {okta_domain: $domain, id: $approvalId})
  WHERE a.used_run IS NULL AND a.at > datetime.realtime('UTC') - duration('${EXPIRES_AFTER}')
  MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  SET a.used_run = $number, r.approved_by = a.by, r.approved_at = a.at
  RETURN ${REMOVABLE_KINDS.map((kind) => `a.${kind} AS ${kind}`).join(', ')}`;

/**
 * Gives a run that was started with `allowDeletes` the numbers that it may remove: those of the approval with the id that it
 * was started with, which no other run can use. A run without an id, as from the `temporal` command line, gets what the last
 * run withheld. An approval that was withdrawn, used or has expired, and nothing withheld, approve nothing.
 */
export async function useApproval(
  tx: Transaction,
  run: { domain: string; id: string; number: number },
  approvalId?: string,
): Promise<void> {
  const { domain, id, number } = run;
  const scope = { domain, id, number: integer(number), approvalId: approvalId ?? null };
  const [counts = NOTHING] = await tx.run<RemovalCounts>(
    approvalId === undefined ? LAST_WITHHELD : TAKE,
    scope,
  );
  await tx.run(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     SET r.approved_at = CASE WHEN $isGiven THEN coalesce(r.approved_at, r.started_at) END,
         ${REMOVABLE_KINDS.map((kind) => `r.approved_${kind} = $counts.${kind}`).join(', ')}`,
    { ...scope, isGiven: totalOf(counts) > 0, counts: integers(counts) },
  );
}

function integers(counts: RemovalCounts) {
  return Object.fromEntries(REMOVABLE_KINDS.map((kind) => [kind, integer(counts[kind])]));
}

/** Who approved the removals of a run; undefined where nobody did by name. */
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
