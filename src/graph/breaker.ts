import type { Transaction } from './database';
import type { Counter, Run } from './run';

/** Kinds of things that a run may remove; each has a limit of its own. */
export type RemovableKind = 'users' | 'groups' | 'memberships';

export interface BreakerOptions {
  /** Share of a kind, as the graph held it at the run's start, that one run may remove. */
  maxDeletePercent: number;
}

/** So few removals always pass, unless they are more than half of the kind. */
const ALWAYS_ALLOWED = 10;

const REMOVED: Readonly<Record<RemovableKind, Counter>> = {
  users: 'users_deleted',
  groups: 'groups_deleted',
  memberships: 'memberships_removed_unproven',
};

/**
 * How many removals of a kind this run still has. Read within the writing transaction: the counter lives on the
 * `SyncRun`, so a token that lost its rights cannot empty the graph one group, or one retry, at a time.
 */
export async function removalLimit(
  tx: Transaction,
  run: Run,
  kind: RemovableKind,
  { maxDeletePercent }: BreakerOptions,
): Promise<{ left: number }> {
  if (run.allowDeletes) return { left: Infinity };
  const [row] = await tx.run<{ atStart: number; removed: number }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     RETURN r.${kind}_at_start AS atStart, r.${REMOVED[kind]} AS removed`,
    { domain: run.domain, id: run.id },
  );
  const { atStart, removed } = row ?? { atStart: 0, removed: 0 };
  return { left: Math.max(0, allowedRemovals(atStart, maxDeletePercent) - removed) };
}

/** The breaker's rule: a share, but at least ten where that is no more than half. */
export function allowedRemovals(atStart: number, maxDeletePercent: number): number {
  return Math.max(
    Math.floor((atStart * maxDeletePercent) / 100),
    Math.min(ALWAYS_ALLOWED, Math.floor(atStart / 2)),
  );
}
