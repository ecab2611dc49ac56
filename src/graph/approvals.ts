import { randomUUID } from 'node:crypto';
import { REMOVABLE_KINDS, type RemovableKind } from './breaker';
import type { GraphDatabase, Transaction } from './database';
import { integer } from './values';

/** Removals by kind. */
export type RemovalCounts = Record<RemovableKind, number>;

/** A person's word that one run may remove this much. */
export interface Approval {
  /** Who gave it: kept in the graph, and MUST NOT reach Temporal. */
  by: string;
  /** The most that may be removed of each kind; without it, whatever Okta proves to be deleted. */
  counts?: RemovalCounts;
}

/** Keeps an approval for the next run that is started with `allowDeletes`. @returns its id, to withdraw it. */
export async function approveRemovals(
  db: GraphDatabase,
  domain: string,
  { by, counts }: Approval,
): Promise<string> {
  const id = randomUUID();
  await db.run(
    `CREATE (a:RemovalApproval {okta_domain: $domain, id: $id, at: datetime.realtime('UTC'), by: $by})
     SET a += $counts`,
    { domain, id, by, counts: counts ? integers(counts) : {} },
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

/**
 * Gives a run that was started with `allowDeletes` its approval, which then holds for no other. Without one in the graph,
 * as from the `temporal` command line, it is what the last run withheld; where that withheld nothing, no number limits the run.
 */
export async function useApproval(
  tx: Transaction,
  { domain, id, number }: { domain: string; id: string; number: number },
): Promise<void> {
  const scope = { domain, id, number: integer(number) };
  const [given] = await tx.run<{ id: string }>(
    `MATCH (a:RemovalApproval {okta_domain: $domain})
     WHERE a.used_run IS NULL AND a.at > datetime.realtime('UTC') - duration('${EXPIRES_AFTER}')
     WITH a ORDER BY a.at DESC
     WITH collect(a) AS open
     UNWIND open AS old
     SET old.used_run = $number
     WITH head(open) AS a LIMIT 1
     MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     SET r.approved_by = a.by, r.approved_at = a.at,
         ${REMOVABLE_KINDS.map((kind) => `r.approved_${kind} = a.${kind}`).join(', ')}
     RETURN a.id AS id`,
    scope,
  );
  if (given) return;
  const [withheld] = await tx.run<RemovalCounts>(LAST_WITHHELD, scope);
  if (!withheld || totalOf(withheld) === 0) return;
  await tx.run(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     SET r.approved_at = r.started_at, ${REMOVABLE_KINDS.map((kind) => `r.approved_${kind} = $counts.${kind}`).join(', ')}`,
    { ...scope, counts: integers(withheld) },
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
