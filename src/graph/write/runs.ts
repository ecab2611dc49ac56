import { COUNTERS } from '../../telemetry/runCounts';
import { CodedError } from '../../faults/fault';
import type { AccessKind, Ending, LogFindings, SyncReport, SyncWarning } from '../../contract';
import { began, ended } from '../../telemetry/events';
import { ACCESS_OBJECTS, countAccess, isKnown, type AccessSize } from './access/kinds';
import { callForLists } from './access/owners';
import { useApproval } from './approvals';
import type { GraphDatabase, Transaction } from '../database';
import { builtInWasRead, groupsByState } from './workList';
import { chooseReading, safelySpread, type ReadingOptions } from './reading';
import { ensureOktaLabels } from './oktaLabels';
import { buildReport, type RunRecord } from './report';
import { isTouchedRun, lockOrg, runEnded, type Run } from './run';
import { markGroupsToVerify } from './verification';
import { dateTime, integer } from '../values';

export interface RunToBegin extends ReadingOptions {
  domain: string;
  /** The org's own id, as returned by Okta. */
  organizationId: string;
  /** Id of the workflow run; beginning it again returns the same run. */
  id: string;
  workflowId: string;
  allowDeletes: boolean;
  /** Id of the approval that the run was started with. */
  approvalId?: string;
  /** True if nodes and edges that end in this run become history. */
  keepsHistory: boolean;
  /** What the run reads in addition to users, groups and memberships. */
  access?: readonly AccessKind[];
  /** True if nodes carry their Okta label. */
  hasOktaLabels: boolean;
  /** What is known before it reads anything. */
  warnings?: readonly SyncWarning[];
  /** What the System Log has named: lists that the run reads. */
  log?: Pick<LogFindings, 'apps' | 'owners'>;
}

/**
 * Numbers a run and records the graph's counts at its start, which the deletion breaker compares to.
 *
 * @throws CodedError `ORG_IDENTITY` if the domain or the org is known under another name.
 */
export async function beginRun(db: GraphDatabase, begin: RunToBegin): Promise<Run> {
  await db.run('MERGE (:OktaOrg {domain: $domain})', { domain: begin.domain });
  let isNew = false;
  const run = await db.write(async (tx) => {
    const [, begun] = await Promise.all([lockOrg(tx, begin.domain), findRun(tx, begin.domain, begin.id)]);
    isNew = !begun;
    if (begun) return begun;

    await claimIdentity(tx, begin);
    const [org] = await tx.run<{ lastRun: number }>(
      'MATCH (o:OktaOrg {domain: $domain}) RETURN coalesce(o.last_run, 0) AS lastRun',
      { domain: begin.domain },
    );
    const number = (org?.lastRun ?? 0) + 1;
    const options = await safelySpread(tx, begin.domain, begin);
    const run: Run = {
      domain: begin.domain,
      number,
      id: begin.id,
      allowDeletes: begin.allowDeletes,
      keepsHistory: begin.keepsHistory,
      hasOktaLabels: begin.hasOktaLabels,
      ...accessOf(begin, options),
      ...(await chooseReading(tx, begin.domain, options)),
    };
    await tx.run(
      `MATCH (o:OktaOrg {domain: $domain})
       SET o.last_run = $number, o.org_id = $orgId, o.suspects = coalesce(o.suspects, [])
       CREATE (r:SyncRun {okta_domain: $domain, id: $id})
       SET r += $counters, r.number = $number, r.workflow_id = $workflowId, r.mode = $mode, r.outcome = 'running',
           r.allow_deletes = $allowDeletes, r.keeps_history = $keepsHistory, r.has_okta_labels = $hasOktaLabels, r.access = $access, r.access_verify_share = $accessVerifyShare, r.users_changed_since = $usersChangedSince, r.groups_changed_since = $groupsChangedSince,
           r.started_at = datetime.realtime('UTC'), r.warnings = $warnings, r.warnings_omitted = 0,
           r.users_listed = false, r.groups_listed = false,
           r.users_at_start = COUNT { MATCH (:User {okta_domain: $domain}) },
           r.groups_at_start = COUNT { MATCH (:Group {okta_domain: $domain}) },
           r.memberships_at_start = COUNT { MATCH (:Group {okta_domain: $domain})<-[:MEMBER_OF]-() }`,
      {
        domain: run.domain,
        orgId: begin.organizationId,
        id: run.id,
        number: integer(number),
        workflowId: begin.workflowId,
        mode: run.mode,
        allowDeletes: run.allowDeletes,
        keepsHistory: run.keepsHistory,
        hasOktaLabels: run.hasOktaLabels,
        access: run.access ?? null,
        accessVerifyShare: run.accessVerifyShare ?? null,
        usersChangedSince: dateTime(run.usersChangedSinceMs),
        groupsChangedSince: dateTime(run.groupsChangedSinceMs),
        warnings: (begin.warnings ?? []).map((warning) => JSON.stringify(warning)),
        counters: Object.fromEntries(COUNTERS.map((name) => [name, integer(0)])),
      },
    );
    if (isTouchedRun(run)) await tx.run(KEEP_ACCESS_SIZE, { domain: run.domain, id: run.id });
    if (run.access && begin.log) await callForLists(tx, run.domain, begin.log);
    if (run.access)
      await tx.run(
        `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
         SET ${ACCESS_OBJECTS.map((kind) => `r.${kind}_at_start = $counts.${kind}`).join(', ')}`,
        { domain: run.domain, id: run.id, counts: integers(await countAccess(tx, run)) },
      );
    if (run.allowDeletes) await useApproval(tx, run, begin.approvalId);
    if (begin.mode === 'auto') await markGroupsToVerify(tx, run, options);
    return run;
  });
  await ensureOktaLabels(db, run);
  const { domain, id: runId, number: runNumber, mode } = run;
  if (isNew) began.emit({ domain, runId, runNumber, mode, workflowId: begin.workflowId });
  return run;
}

/** Cypher: a run that reads no access starts with what the last one that did has left. */
const KEEP_ACCESS_SIZE = `
  MATCH (o:OktaOrg {domain: $domain}) MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  SET ${ACCESS_OBJECTS.map((kind) => `r.${kind}_at_start = o.${kind}`).join(', ')}`;

function accessOf({ access = [] }: RunToBegin, { mode, fullEveryMs, spread }: ReadingOptions): Partial<Run> {
  if (access.length === 0 || mode === 'touched') return {};
  if (mode !== 'auto' || !spread || fullEveryMs === 0) return { access };
  return { access, accessVerifyShare: Math.min(1, spread.intervalMs / fullEveryMs) };
}

/** Returns the domain's runs without a report, other than the given one. */
export async function openRuns(db: GraphDatabase, run: Run): Promise<{ run: Run; workflowId: string }[]> {
  const rows = await db.read<RunRow & { workflowId: string }>(
    `MATCH (r:SyncRun {okta_domain: $domain, outcome: 'running'}) WHERE r.id <> $id
     RETURN ${RUN}, r.workflow_id AS workflowId`,
    { domain: run.domain, id: run.id },
  );
  return rows.map(({ workflowId, ...row }) => ({ run: toRun(row), workflowId }));
}

/**
 * Cypher: when all groups were last listed, at the end of a run. Null makes the next run list all of them: if this one
 * has left open whether some groups still exist.
 */
const GROUPS_LISTED_AT = `CASE
  WHEN r.mode = 'touched' AND NOT EXISTS {
    MATCH (g:Group {okta_domain: $domain}) WHERE g.denied_run = r.number } THEN o.groups_listed_at
  WHEN r.groups_changed_since IS NULL AND $isWhole AND r.groups_listed
    AND r.groups_withheld + r.nodes_unproven + r.nodes_not_removed = 0 THEN r.started_at
  WHEN r.groups_changed_since IS NULL OR EXISTS {
    MATCH (g:Group {okta_domain: $domain}) WHERE g.denied_run = r.number } THEN null
  ELSE o.groups_listed_at END`;

/** Cypher: true if run `r` has read the whole user list. */
const LISTED_USERS = '$isWhole AND r.users_listed AND r.users_changed_since IS NULL';

/** Closes a run with its report; closing it again returns the same report. */
export async function endRun(db: GraphDatabase, run: Run, ending?: Ending): Promise<SyncReport> {
  let isNew = false;
  const report = await db.write(async (tx) => {
    const [, [kept]] = await Promise.all([
      lockOrg(tx, run.domain),
      tx.run<{ report: string | null }>(
        'MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.report AS report',
        { domain: run.domain, id: run.id },
      ),
    ]);
    if (kept?.report) return JSON.parse(kept.report) as SyncReport;

    const [record] = await tx.run<RunRecord>(
      `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
       SET r.finished_at = datetime.realtime('UTC')
       WITH r
       RETURN properties(r) AS run, r.started_at.epochMillis AS startedMs, r.finished_at.epochMillis AS finishedMs,
              r.approved_at.epochMillis AS approvedMs`,
      { domain: run.domain, id: run.id },
    );
    if (!record) throw runEnded(run);
    // Inside the lock: groups that a late write puts on the list before the run is closed count as left.
    const groups = await groupsByState(tx, run);
    const size = await countAccess(tx, run);
    const report = await buildReport(tx, run, record, { groups, size, ending });
    const triedAll = run.mode === 'full' && ending === undefined && groups.left === 0;
    await tx.run(
      `MATCH (r:SyncRun {okta_domain: $domain, id: $id}), (o:OktaOrg {domain: $domain})
       SET r.outcome = $outcome, r.report = $json,
           o.last_full_at = CASE WHEN $triedAll THEN r.started_at ELSE o.last_full_at END,
           o.users_listed_at = CASE WHEN ${LISTED_USERS} THEN r.started_at ELSE o.users_listed_at END,
           o.groups_listed_at = ${GROUPS_LISTED_AT},
           o.users_left_open = CASE WHEN ${LISTED_USERS} THEN r.users_withheld > 0 ELSE o.users_left_open END,
           o.built_in_checked_run = CASE WHEN $isWhole AND r.mode <> 'touched' AND r.users_withheld = 0 AND ${builtInWasRead({ domain: '$domain', run: 'r.number' })} THEN r.number ELSE o.built_in_checked_run END,
           o.last_success_at = CASE WHEN $outcome = 'succeeded' AND r.mode <> 'touched' THEN r.finished_at ELSE o.last_success_at END,
           o.last_success_began_at = CASE WHEN $outcome = 'succeeded' AND r.mode <> 'touched' THEN r.started_at ELSE o.last_success_began_at END,
           o.last_ended_run = CASE WHEN o.last_ended_run > r.number OR r.mode = 'touched' THEN o.last_ended_run ELSE r.number END,
           o.users = COUNT { MATCH (:User {okta_domain: $domain}) },
           o.groups = COUNT { MATCH (:Group {okta_domain: $domain}) },
           o.memberships = $memberships,
           ${ACCESS_OBJECTS.map((kind) => `o.${kind} = CASE WHEN r.mode = 'touched' THEN o.${kind} WHEN ${isKnown(kind)} THEN $access.${kind} END`).join(', ')}`,
      {
        domain: run.domain,
        id: run.id,
        outcome: report.outcome,
        json: JSON.stringify(report),
        triedAll,
        isWhole: ending === undefined,
        memberships: integer(report.reconciliation.memberships),
        access: integers(size),
      },
    );
    isNew = true;
    return report;
  });
  if (isNew) ended.emit(report);
  return report;
}

function integers(counts: AccessSize): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(counts).map(([kind, count]) => [kind, count === null ? null : integer(count)]),
  );
}

/** A run as stored on its `SyncRun`. */
type RunRow = Omit<Run, 'usersChangedSinceMs' | 'groupsChangedSinceMs' | 'access' | 'accessVerifyShare'> & {
  access: AccessKind[] | null;
  accessVerifyShare: number | null;
  usersSinceMs: number | null;
  groupsSinceMs: number | null;
};

const RUN = `r.okta_domain AS domain, r.number AS number, r.id AS id, r.mode AS mode, r.allow_deletes AS allowDeletes,
     coalesce(r.keeps_history, true) AS keepsHistory, r.users_changed_since.epochMillis AS usersSinceMs,
     r.groups_changed_since.epochMillis AS groupsSinceMs, r.access AS access,
     r.access_verify_share AS accessVerifyShare, coalesce(r.has_okta_labels, false) AS hasOktaLabels`;

function toRun({ usersSinceMs, groupsSinceMs, access, accessVerifyShare, ...run }: RunRow): Run {
  return {
    ...run,
    ...(access && { access }),
    ...(accessVerifyShare !== null && { accessVerifyShare }),
    ...(usersSinceMs !== null && { usersChangedSinceMs: usersSinceMs }),
    ...(groupsSinceMs !== null && { groupsChangedSinceMs: groupsSinceMs }),
  };
}

async function findRun(tx: Transaction, domain: string, id: string): Promise<Run | undefined> {
  const [row] = await tx.run<RunRow>(`MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN ${RUN}`, {
    domain,
    id,
  });
  return row && toRun(row);
}

async function claimIdentity(tx: Transaction, { domain, organizationId }: RunToBegin): Promise<void> {
  const known = await tx.run<{ domain: string; orgId: string | null; renamingTo: string | null }>(
    `MATCH (o:OktaOrg) WHERE o.domain = $domain OR o.org_id = $organizationId
     RETURN o.domain AS domain, o.org_id AS orgId, o.renaming_to AS renamingTo`,
    { domain, organizationId },
  );
  const twin = known.find((org) => org.domain !== domain && org.orgId === organizationId);
  if (twin) {
    throw new CodedError('ORG_IDENTITY', `${domain} is already in the graph under ${twin.domain}.`, {
      advice: `Keep OKTA_DOMAIN=${twin.domain}, or, if the org has moved: okta-graph rename-org ${twin.domain} ${domain}`,
    });
  }
  const own = known.find((org) => org.domain === domain);
  if (own?.renamingTo) {
    throw new CodedError('ORG_IDENTITY', `${domain} is being renamed to ${own.renamingTo}.`, {
      advice: `Finish that first: okta-graph rename-org ${domain} ${own.renamingTo}`,
    });
  }
  if (own?.orgId && own.orgId !== organizationId) {
    throw new CodedError(
      'ORG_IDENTITY',
      `${domain} is Okta org ${organizationId}, but the graph has org ${own.orgId} under this domain.`,
      { advice: `If org ${own.orgId} no longer exists, remove it from the graph (docs/operations.md).` },
    );
  }
}
