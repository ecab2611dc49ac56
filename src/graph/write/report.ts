import { rowOf } from '../../codes';
import type { Counter } from '../../telemetry/runCounts';
import { adviceOn, faultFor } from '../../faults/fault';
import { countOf, formatCount } from '../../text/counts';
import type { AccessSize } from './access/kinds';
import type { RemovalCounts } from './approvals';
import { REMOVABLE_KINDS, removableText, type RemovableKind } from './breaker';
import {
  BUCKETS,
  type AccessCounts,
  type AccessKind,
  type Bucket,
  type EdgeCounts,
  type NodeCounts,
  type ReportingLines,
  type SyncReport,
  type SyncWarning,
  type Ending,
} from '../../contract';
import { EXCLUDED } from '../../okta/profile';
import type { Transaction } from '../database';
import type { GroupsByState } from './workList';
import { isTouchedRun, listsAllGroups, type Run } from './run';

/** The properties of a `SyncRun` that its report is built from. */
export interface RunRecord {
  run: Record<Counter, number> & {
    users_listed: boolean;
    groups_listed: boolean;
    allow_deletes: boolean;
    warnings: string[];
    warnings_omitted: number;
  } & Partial<
      Record<
        `approved_${RemovableKind}` | `${RemovableKind}_${'at_start' | 'withheld' | 'contradicted'}`,
        number
      >
    >;
  startedMs: number;
  finishedMs: number;
  approvedMs: number | null;
}

/** Builds the report of a run from the counts of its transactions and the current graph. */
export async function buildReport(
  tx: Transaction,
  run: Run,
  { run: counted, startedMs, finishedMs, approvedMs }: RunRecord,
  { groups, size, ending }: { groups: GroupsByState; size: AccessSize; ending: Ending | undefined },
): Promise<SyncReport> {
  const [{ lines, warnings: managerWarnings }, aboutEmails, { groupsExcluded, ...reconciliation }] =
    await Promise.all([
      reportingLines(tx, run, counted),
      isTouchedRun(run) ? [] : emailWarnings(tx, run),
      reconcile(tx, run),
    ]);
  const warnings = [
    ...(ending ? [] : shortfallsOf(run, counted, groups.left + groups.deferred)),
    ...counted.warnings.map((warning) => JSON.parse(warning) as SyncWarning),
    ...aboutEmails,
    ...(isTouchedRun(run) ? [] : managerWarnings),
  ].map(withAdvice);
  // The warning about a failed group may be among those that were omitted.
  const isPartial =
    counted.memberships_groups_failed > 0 ||
    warnings.some(({ code }) => rowOf(code)?.reportedAs === 'shortfall');
  const requestsByBucket = Object.fromEntries(
    // A run that an earlier version began has no counts of the newer buckets.
    BUCKETS.map((bucket) => [bucket, counted[`okta_requests_${bucket}`] ?? 0]),
  ) as Record<Bucket, number>;
  return {
    runId: run.id,
    runNumber: run.number,
    domain: run.domain,
    mode: run.mode,
    outcome: ending?.outcome ?? (isPartial ? 'partial' : 'succeeded'),
    startedAt: new Date(startedMs).toISOString(),
    finishedAt: new Date(finishedMs).toISOString(),
    durationMs: finishedMs - startedMs,
    users: {
      seen: counted.users_seen,
      created: counted.users_created,
      updated: counted.users_updated,
      deleted: counted.users_deleted,
    },
    groups: {
      seen: counted.groups_seen,
      created: counted.groups_created,
      updated: counted.groups_updated,
      deleted: counted.groups_deleted,
    },
    memberships: {
      groupsRead: counted.memberships_groups_read,
      groupsVerified: counted.memberships_groups_verified ?? 0,
      groupsUnchanged: groups.unchanged,
      groupsFailed: counted.memberships_groups_failed,
      ...(groupsExcluded > 0 && { groupsExcluded }),
      added: counted.memberships_added,
      removed: counted.memberships_removed,
    },
    reportingLines: lines,
    ...(run.access && { access: accessCounts(run.access, counted, size) }),
    okta: {
      requests: Object.values(requestsByBucket).reduce((sum, count) => sum + count, 0),
      requestsByBucket,
      rateLimited: counted.okta_rate_limited,
      waitedMs: counted.okta_waited_ms,
      retries: counted.okta_retries,
    },
    reconciliation,
    warnings,
    warningsOmitted: counted.warnings_omitted,
    ...(isApproved(counted) ? { approval: approvalOf(counted, approvedMs ?? startedMs) } : {}),
    ...(ending ? { failure: ending.failure } : {}),
  };
}

function withAdvice(warning: SyncWarning): SyncWarning {
  const advice = adviceOn(warning);
  return advice === undefined ? warning : { ...warning, advice };
}

/** Returns warnings about differences that remain between the graph and Okta after a run that was not cut short. */
function shortfallsOf(run: Run, counted: RunRecord['run'], groupsLeft: number): SyncWarning[] {
  const warnings: SyncWarning[] = [];
  if (!isTouchedRun(run) && run.usersChangedSinceMs === undefined && counted.users_seen === 0) {
    warnings.push(faultFor('EMPTY_USER_LIST'));
  }
  if (!isTouchedRun(run) && listsAllGroups(run) && counted.groups_seen === 0) {
    warnings.push(faultFor('EMPTY_GROUP_LIST'));
  }
  if (groupsLeft > 0) {
    const message = `The members of ${countOf(groupsLeft, 'group')} were not read; the next run continues with them.`;
    warnings.push({ code: 'GROUPS_LEFT', message, count: groupsLeft });
  }
  for (const kind of REMOVABLE_KINDS) {
    const contradicted = counted[`${kind}_contradicted`] ?? 0;
    const withheld = (counted[`${kind}_withheld`] ?? 0) - contradicted;
    if (withheld > 0) {
      const or = kind === 'memberships' ? ', or more members left while their groups were read again' : '';
      const message = `Withheld the removal of ${formatCount(withheld)} of ${removableText(kind, counted[`${kind}_at_start`] ?? 0)}: more than SYNC_MAX_DELETE_PERCENT allows${or}. The next run checks them again.`;
      warnings.push({ code: 'REMOVALS_WITHHELD', message, count: withheld });
    }
    if (contradicted > 0) {
      const why =
        kind === 'groups'
          ? 'Okta no longer shows them, but one of them is built in and cannot be deleted'
          : 'Okta no longer shows them, but still counts them in its groups';
      const message = `Withheld the removal of ${removableText(kind, contradicted)}: ${why}. The credentials may see less than before.`;
      warnings.push({ code: 'SCOPE_SHRANK', message, count: contradicted });
    }
  }
  if (counted.nodes_unproven > 0) {
    const kept = countOf(counted.nodes_unproven, 'user or group', 'users or groups');
    const message = `Okta no longer lists ${kept}, but did not confirm the deletion, so nothing was removed.`;
    warnings.push({ code: 'KEPT_UNPROVEN', message, count: counted.nodes_unproven });
  }
  if (counted.nodes_not_removed > 0) {
    const kept = countOf(counted.nodes_not_removed, 'user or group', 'users or groups');
    const message = `${kept} that Okta has deleted could not be removed from the graph; the next run tries again.`;
    warnings.push({ code: 'NOT_REMOVED', message, count: counted.nodes_not_removed });
  }
  const { access_left: accessLeft = 0 } = counted;
  if (accessLeft > 0) {
    const message = `${countOf(accessLeft, 'list')} of assignments or roles could not be read or written completely; the next run reads them again.`;
    warnings.push({ code: 'ACCESS_LEFT', message, count: accessLeft });
  }
  return warnings;
}

/**
 * Returns false if a run was started with `allowDeletes` but nothing had been approved. A run that version 0.2.0 began
 * has no numbers.
 */
function isApproved(counted: RunRecord['run']): boolean {
  const isWithoutNumbers = counted.approved_users === undefined;
  return (
    counted.allow_deletes &&
    (isWithoutNumbers || REMOVABLE_KINDS.some((kind) => (counted[`approved_${kind}`] ?? 0) > 0))
  );
}

function approvalOf(counted: RunRecord['run'], approvedMs: number): NonNullable<SyncReport['approval']> {
  const counts: Partial<RemovalCounts> = {};
  for (const kind of REMOVABLE_KINDS) {
    const approved = counted[`approved_${kind}`];
    if (approved !== undefined) counts[kind] = approved;
  }
  return { at: new Date(approvedMs).toISOString(), ...counts };
}

/** Returns what the run has read of each kind. */
function accessCounts(
  kinds: readonly AccessKind[],
  counted: RunRecord['run'],
  size: AccessSize,
): AccessCounts {
  const nodes = (kind: 'apps' | 'rules'): NodeCounts => ({
    seen: counted[`${kind}_seen`],
    created: counted[`${kind}_created`],
    updated: counted[`${kind}_updated`],
    deleted: counted[`${kind}_deleted`],
  });
  const edges = (kind: 'assignments' | 'roles'): EdgeCounts => ({
    total: size[kind] ?? 0,
    added: counted[`${kind}_added`],
    removed: counted[`${kind}_removed`],
  });
  return {
    ...(kinds.includes('rules') && { rules: nodes('rules') }),
    ...(kinds.includes('apps') && { apps: nodes('apps'), assignments: edges('assignments') }),
    ...(kinds.includes('roles') && { roles: edges('roles') }),
  };
}

/** Compares the memberships to Okta's counts of the groups whose members are read, and counts the other groups. */
async function reconcile(
  tx: Transaction,
  { domain }: Run,
): Promise<SyncReport['reconciliation'] & { groupsExcluded: number }> {
  const [sums] = await tx.run<SyncReport['reconciliation'] & { groupsExcluded: number }>(
    `MATCH (g:Group {okta_domain: $domain})
     RETURN sum(COUNT { (g)<-[:MEMBER_OF]-() }) AS memberships,
            sum(CASE WHEN g.${EXCLUDED} IS NULL THEN coalesce(g.users_count, 0) ELSE 0 END) AS usersCount,
            count(g.${EXCLUDED}) AS groupsExcluded`,
    { domain },
  );
  return sums ?? { memberships: 0, usersCount: 0, groupsExcluded: 0 };
}

/** Reporting-line properties of the org node. */
interface LinesRow {
  total: number;
  unresolved: number;
  unresolvedUsers: string[];
  ambiguous: number;
  ambiguousUsers: string[];
}

async function reportingLines(
  tx: Transaction,
  { domain }: Run,
  counted: RunRecord['run'],
): Promise<{ lines: ReportingLines; warnings: SyncWarning[] }> {
  const [row] = await tx.run<LinesRow>(
    `MATCH (o:OktaOrg {domain: $domain}) WHERE o.reporting_lines IS NOT NULL
     RETURN o.reporting_lines AS total, o.managers_unresolved AS unresolved, o.managers_unresolved_users AS unresolvedUsers,
            o.managers_ambiguous AS ambiguous, o.managers_ambiguous_users AS ambiguousUsers`,
    { domain },
  );
  const { total = 0, unresolved = 0, unresolvedUsers = [], ambiguous = 0, ambiguousUsers = [] } = row ?? {};
  const warnings: SyncWarning[] = [];
  if (unresolved > 0) {
    const message = `${countOf(unresolved, 'user')} with a manager value that matches no user's Okta ID, login, email or employee number.`;
    warnings.push({ code: 'MANAGER_UNRESOLVED', message, count: unresolved, userIds: unresolvedUsers });
  }
  if (ambiguous > 0) {
    const message = `${countOf(ambiguous, 'user')} with a manager value that matches several users.`;
    warnings.push({ code: 'MANAGER_AMBIGUOUS', message, count: ambiguous, userIds: ambiguousUsers });
  }
  const { reporting_lines_added: added = 0, reporting_lines_removed: removed = 0 } = counted;
  return { lines: { total, added, removed, unresolved, ambiguous }, warnings };
}

/** Maximum number of ids in one warning. */
const MAX_IDS = 20;
/** Maximum number of emails reported individually; the rest are counted. */
const MAX_EMAILS = 50;

/** Okta guarantees neither that a user has an email nor that it is unique: each user is a separate node and reported. */
async function emailWarnings(tx: Transaction, { domain }: Run): Promise<SyncWarning[]> {
  const asking = tx.run<{ count: number; ids: string[] }>(
    `MATCH (u:User {okta_domain: $domain}) WHERE u.email IS NULL
     WITH u.id AS id ORDER BY id
     RETURN count(id) AS count, collect(id)[..${MAX_IDS}] AS ids`,
    { domain },
  );
  const askingShared = tx.run<{ count: number; ids: string[] }>(
    `MATCH (u:User {okta_domain: $domain}) WHERE u.email IS NOT NULL
     WITH u.email AS email, count(*) AS count WHERE count > 1
     MATCH (u:User {okta_domain: $domain, email: email})
     WITH email, count, u.id AS id ORDER BY id
     WITH email, count, collect(id)[..${MAX_IDS}] AS ids ORDER BY ids[0]
     RETURN count, ids`,
    { domain },
  );
  const [[missing], duplicates] = await Promise.all([asking, askingShared]);
  const warnings: SyncWarning[] = [];
  if (missing && missing.count > 0) {
    const message = `${countOf(missing.count, 'user')} without an email in Okta; in the graph they are identified by their Okta ID.`;
    warnings.push({ code: 'MISSING_EMAIL', message, count: missing.count, userIds: missing.ids });
  }
  for (const { count, ids } of duplicates.slice(0, MAX_EMAILS)) {
    const message = `${countOf(count, 'user')} share one email; each is a separate node.`;
    warnings.push({ code: 'DUPLICATE_EMAIL', message, count, userIds: ids });
  }
  if (duplicates.length > MAX_EMAILS) {
    const more = duplicates.length - MAX_EMAILS;
    const message = `${countOf(more, 'more email')} shared by several users.`;
    warnings.push({ code: 'DUPLICATE_EMAIL', message, count: more });
  }
  return warnings;
}
