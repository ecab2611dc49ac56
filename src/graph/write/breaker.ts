import type { Counter } from '../../telemetry/runCounts';
import { countOf } from '../../text/counts';
import type { Transaction } from '../database';
import { isTouchedRun, type Run } from './run';

/** Kinds of objects that a run may remove, with the name of one and of several; each has its own limit. */
const NAMES = {
  users: ['user', 'users'],
  groups: ['group', 'groups'],
  memberships: ['membership', 'memberships'],
  apps: ['app', 'apps'],
  assignments: ['assignment to an app', 'assignments to apps'],
  roles: ['assignment of an admin role', 'assignments of admin roles'],
  rules: ['group rule', 'group rules'],
} as const;

export type RemovableKind = keyof typeof NAMES;

export const REMOVABLE_KINDS = Object.keys(NAMES) as RemovableKind[];

/** Formats a number of objects of a kind, such as `3 assignments to apps`. */
export function removableText(kind: RemovableKind, count: number): string {
  const [one, several] = NAMES[kind];
  return countOf(count, one, several);
}

export interface BreakerOptions {
  /** Maximum share of a kind that one run may remove, in percent of its number in the graph at the run's start. */
  maxDeletePercent: number;
}

/** This many removals always pass unless they are more than half of the kind. */
const ALWAYS_ALLOWED = 10;

const REMOVED: Readonly<Record<RemovableKind, Counter>> = {
  users: 'users_deleted',
  groups: 'groups_deleted',
  memberships: 'memberships_removed_unproven',
  apps: 'apps_deleted',
  assignments: 'assignments_removed_unlisted',
  roles: 'roles_removed_unlisted',
  rules: 'rules_deleted',
};

/** Limit of a run's removals of one kind. */
export interface RemovalLimit {
  /** Maximum number of removals in the whole run, including those already made. */
  limit: number;
  /** That maximum without an approval. */
  usual: number;
  /** The approved part of it; 0 without an approval, infinite for a run that version 0.2.0 began. */
  approved: number;
  /** Removals that have already been made of it. */
  removed: number;
  /** True if the run has withheld the removals of this kind. */
  isWithheld: boolean;
}

/**
 * Returns one run's limit for one kind. Removals are not cut off at the limit: either all removals of a kind are made
 * or none. It is read within the write transaction: the counters are on the `SyncRun`, so retries and other workers
 * share them. Runs of what the System Log has named follow each other closely, so those since the last run with lists have
 * one limit together.
 */
export async function removalLimit(
  tx: Transaction,
  run: Run,
  kind: RemovableKind,
  { maxDeletePercent }: BreakerOptions,
): Promise<RemovalLimit> {
  const [row] = await tx.run<{ atStart: number; removed: number; withheld: number; approved: number | null }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     RETURN coalesce(r.${kind}_at_start, 0) AS atStart, r.${REMOVED[kind]}${isTouchedRun(run) ? ` + ${removedBefore(kind)}` : ''} AS removed,
            r.${kind}_withheld AS withheld, r.approved_${kind} AS approved`,
    { domain: run.domain, id: run.id },
  );
  const { atStart = 0, removed = 0, withheld = 0 } = row ?? {};
  const approved = run.allowDeletes ? (row?.approved ?? Infinity) : 0;
  const usual = allowedRemovals(atStart, maxDeletePercent);
  return { limit: Math.max(usual, approved), usual, approved, removed, isWithheld: withheld > 0 };
}

/** Cypher: what the runs of what the System Log has named have removed between the last run with lists and run `r`. */
const removedBefore = (kind: RemovableKind) => `reduce(sum = 0, each IN COLLECT {
       MATCH (o:OktaOrg {domain: $domain})
       MATCH (e:SyncRun {okta_domain: $domain, mode: 'touched'}) WHERE coalesce(o.last_ended_run, 0) < e.number < r.number
       RETURN e.${REMOVED[kind]} } | sum + each)`;

/** The breaker's rule: a percentage, but at least ten if that is no more than half. */
export function allowedRemovals(atStart: number, maxDeletePercent: number): number {
  return Math.max(
    Math.floor((atStart * maxDeletePercent) / 100),
    Math.min(ALWAYS_ALLOWED, Math.floor(atStart / 2)),
  );
}
