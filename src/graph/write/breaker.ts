import type { Counter } from '../../telemetry/runCounts';
import type { Transaction } from '../database';
import type { Run } from './run';

/** Kinds of things that a run may remove; each has a limit of its own. */
export const REMOVABLE_KINDS = ['users', 'groups', 'memberships'] as const;

export type RemovableKind = (typeof REMOVABLE_KINDS)[number];

export interface BreakerOptions {
  /** Share of a kind, as the graph held it at the run's start, that one run may remove. */
  maxDeletePercent: number;
}

/** This many removals always pass, unless they are more than half of the kind. */
const ALWAYS_ALLOWED = 10;

const REMOVED: Readonly<Record<RemovableKind, Counter>> = {
  users: 'users_deleted',
  groups: 'groups_deleted',
  memberships: 'memberships_removed_unproven',
};

/** What a run may remove of a kind, all in all. */
export interface RemovalLimit {
  /** Removals in the whole run, those already made included. */
  limit: number;
  /** The part of it that a person has approved; 0 without an approval, infinite for a run that 0.2.0 began. */
  approved: number;
  /** Removals that the run has already made. */
  removed: number;
  /** True if the run has withheld the removals of this kind. */
  isWithheld: boolean;
}

/**
 * The limit of one run for one kind. Removals beyond it are not cut: a kind is removed whole or not at all. Read within
 * the writing transaction: the counters are on the `SyncRun`, so retries and other workers share them.
 */
export async function removalLimit(
  tx: Transaction,
  run: Run,
  kind: RemovableKind,
  { maxDeletePercent }: BreakerOptions,
): Promise<RemovalLimit> {
  const [row] = await tx.run<{ atStart: number; removed: number; withheld: number; approved: number | null }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     RETURN r.${kind}_at_start AS atStart, r.${REMOVED[kind]} AS removed, r.${kind}_withheld AS withheld,
            r.approved_${kind} AS approved`,
    { domain: run.domain, id: run.id },
  );
  const { atStart = 0, removed = 0, withheld = 0 } = row ?? {};
  const approved = run.allowDeletes ? (row?.approved ?? Infinity) : 0;
  const limit = Math.max(allowedRemovals(atStart, maxDeletePercent), approved);
  return { limit, approved, removed, isWithheld: withheld > 0 };
}

/** The breaker's rule: a share, but at least ten where that is no more than half. */
export function allowedRemovals(atStart: number, maxDeletePercent: number): number {
  return Math.max(
    Math.floor((atStart * maxDeletePercent) / 100),
    Math.min(ALWAYS_ALLOWED, Math.floor(atStart / 2)),
  );
}
