/**
 * The interface of a run: its input, its progress, and its result. All of it is stored in Temporal's history, so it
 * MUST contain only Okta IDs, cursors and counts: no name, no email, no secret.
 */

import type { WarningCode } from './codes';
import type { Fault } from './faults/fault';

/** The Temporal workflow type, for `temporal workflow start --type`. */
export const SYNC_WORKFLOW_TYPE = 'syncOkta';

/** Maximum `SYNC_RUN_DEADLINE`, milliseconds: Temporal sets a timer for it. */
export const LONGEST_DEADLINE_MS = 366 * 86_400_000;

/** The Temporal workflow type that delivers the notification of one run. */
export const NOTIFY_WORKFLOW_TYPE = 'notifyRun';

/** The run that a notification is about. */
export interface NotifyRequest {
  /** As in the request of the run; absent if that had none. */
  domain?: string;
  runId: string;
  /** The code of the failure of a run without a report: it could not begin, or could not write one. */
  failure?: string;
}

/** Returns the workflow id of the notification of a run. */
export function notifyId({ domain = 'unknown', runId }: NotifyRequest): string {
  return `okta-notify/${domain.slice(0, 260)}/${runId}`;
}

/** The Temporal query that returns a {@link SyncProgress}. */
export const PROGRESS_QUERY = 'progress';

/** The domain of runs that are rehearsed and rolled back; no org can have it. */
export const REHEARSAL = 'a rehearsal';

/** `auto`: full the first time, and later as `SYNC_VERIFY` says. */
export const REQUESTED_MODES = ['auto', 'full', 'incremental'] as const;

export type RequestedMode = (typeof REQUESTED_MODES)[number];

/**
 * `touched`: reads only the users and groups that the System Log has named, and removes none. Only the watch starts such
 * runs.
 */
export const SYNC_MODES = ['full', 'incremental', 'touched'] as const;

export type SyncMode = (typeof SYNC_MODES)[number];

/** Okta IDs of objects to read again. */
export interface Touched {
  users: string[];
  groups: string[];
}

/**
 * Why the watch starts an incremental run: what a run of mode `touched` cannot do. From the weakest to the strongest: a
 * later one replaces an earlier one.
 */
export const INCREMENTAL_REASONS = [
  'access',
  'user deleted',
  'touched run failed',
  'import',
  'flood',
  'log gap',
  'group deleted',
] as const;

export type IncrementalReason = (typeof INCREMENTAL_REASONS)[number];

/** Reasons after which a list of changed groups may lack what the log has told of, so that all are listed. */
export const NEEDS_ALL_GROUPS: ReadonlySet<IncrementalReason> = new Set([
  'import',
  'flood',
  'log gap',
  'group deleted',
]);

/** Returns the reason that asks for more. */
export function stronger(
  a: IncrementalReason | undefined,
  b: IncrementalReason | undefined,
): IncrementalReason | undefined {
  const rank = (reason: IncrementalReason | undefined) => (reason ? INCREMENTAL_REASONS.indexOf(reason) : -1);
  return rank(b) > rank(a) ? b : a;
}

/** What the watch tells an incremental run that it starts. */
export interface LogFindings {
  reason: IncrementalReason;
  /** Okta IDs of apps whose assignments have changed. */
  apps?: string[];
  /** Users and groups whose admin roles or apps have changed. */
  owners?: Touched;
  /** The time between which events could not be read; ISO 8601, UTC. */
  gap?: { from: string; until: string };
}

/** Input of the workflow; all fields are optional, and so is the input itself. */
export interface SyncRequest {
  /** Selects one of the configured orgs by exact match; may be absent if only one is configured. */
  domain?: string;
  /** Default `auto`; `touched` is for the watch, with the objects to read. */
  mode?: RequestedMode | 'touched';
  touched?: Touched;
  /** Only of a run that the watch has started. */
  log?: LogFindings;
  /**
   * Allows this one run to make as many removals as a person has approved: the numbers of the approval with id
   * `approvalId`, or without an id, what the last run withheld. If nothing was approved or withheld, the usual limits
   * apply. Default false.
   */
  allowDeletes?: boolean;
  /** Id of the `RemovalApproval` that the client has written to the graph for this run, a random UUID. */
  approvalId?: string;
}

/**
 * `succeeded`: the graph matches Okta. `partial`: it does, except for what the warnings list. `failed`: a list could not
 * be completely read. `cancelled`: stopped by an operator. `abandoned`: terminated, recorded by the next run.
 */
export type SyncOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled' | 'abandoned';

export type SyncPhase =
  | 'starting'
  | 'users and groups'
  | 'memberships'
  | 'access'
  | 'sweep'
  | 'reporting'
  | 'done';

/** What a sync reads in addition to users, groups and memberships: what a group opens, and what fills it. */
export const ACCESS_KINDS = ['rules', 'apps', 'roles'] as const;

export type AccessKind = (typeof ACCESS_KINDS)[number];

/** The Temporal signal that an activity sends while it waits; its payload is an {@link OktaWait}. */
export const WAITING_SIGNAL = 'waiting';

/**
 * Rate limit buckets that Okta counts separately: the user list, a single user, the group list and everything below it
 * (including members and rules), a single group, apps and everything below them, admin roles, the System Log, and
 * everything else.
 */
export const BUCKETS = ['users', 'user', 'groups', 'group', 'apps', 'iam', 'logs', 'other'] as const;

export type Bucket = (typeof BUCKETS)[number];

/** The Temporal workflow type that watches an org's System Log. */
export const WATCH_WORKFLOW_TYPE = 'watchOkta';

/** The Temporal query that returns a {@link WatchView}. */
export const WATCH_QUERY = 'watch';

/** The Temporal signal that makes the watch poll at once; its payload may be a {@link Ping}. */
export const PING_SIGNAL = 'ping';

/**
 * Returns the workflow id of the runs of one mode that the watch of an org starts. Since it is always the same, there is
 * one at a time.
 */
export function logRunId(domain: string, mode: 'touched' | 'incremental'): string {
  return `okta-sync/${domain}/${mode === 'touched' ? 'touched' : 'log'}`;
}

/** Input of the watch. */
export interface WatchRequest {
  domain: string;
  /** Time between two polls of the log, milliseconds. */
  intervalMs: number;
  /** Minimum time between two incremental runs that the watch starts, milliseconds; default 5 minutes. */
  incrementalGapMs?: number;
  /** Number of polls with findings after which the workflow continues as new; default 200. */
  turns?: number;
}

/** Payload of the signal `ping`. */
export interface Ping {
  /** The new time between two polls. */
  intervalMs?: number | undefined;
}

/** Position in the System Log. */
export interface LogCursor {
  /** Okta's next link; absent before the first poll. */
  next?: string | undefined;
  /** Where to begin if `next` is absent, milliseconds since the epoch. */
  sinceMs?: number | undefined;
  /** Start of the last poll that reached the end of the log, by the worker's clock, milliseconds since the epoch. */
  polledMs?: number | undefined;
  /** The uuids of the last events that were considered: Okta can return one twice. */
  recent: string[];
}

/** State of the watch, as the query `watch` returns it. */
export interface WatchView {
  domain: string;
  intervalMs: number;
  doing:
    | 'watching'
    | 'waiting for another run'
    | 'reading changes'
    | 'incremental run'
    | 'waiting to try again';
  /**
   * Start of the last poll of which everything is in the graph, milliseconds since the epoch; absent before the first.
   */
  freshMs?: number;
  /** Why the watch starts an incremental run as soon as the minimum time since the last one has passed. */
  due?: IncrementalReason;
  /** When that time has passed, milliseconds since the epoch; present with `due`. */
  dueAtMs?: number;
  /** Why the log cannot be read. */
  trouble?: Fault;
}

/** A wait for one of Okta's rate limit buckets. */
export interface OktaWait {
  bucket: Bucket;
  /** ISO 8601, UTC. */
  until: string;
  /**
   * `limit`: the bucket is used up until then. `refused`: Okta rejects requests without a usable reset time; the next one
   * is sent then.
   */
  reason: 'limit' | 'refused';
}

/** Custom search attributes of a run, both keywords; set if the namespace has them. */
export const SEARCH_ATTRIBUTES = ['OktaDomain', 'SyncOutcome'] as const;
export type SearchAttribute = (typeof SEARCH_ATTRIBUTES)[number];

/** Result of the `progress` query. Totals are absent if Okta does not return them in advance. */
export interface SyncProgress {
  phase: SyncPhase;
  domain?: string;
  runId: string;
  runNumber?: number;
  mode?: SyncMode;
  users: { seen: number; done: boolean };
  groups: { seen: number; done: boolean };
  memberships: { groupsDone: number; groupsTotal?: number };
  /** Apps, groups and people whose assignments or roles were read. */
  access?: { done: number; total: number };
  /** The latest wait of several seconds for Okta; it is over once its time has passed. */
  waiting?: OktaWait;
}

export interface NodeCounts {
  /** Number of different nodes in the list. */
  seen: number;
  created: number;
  /** Number of nodes with a change of a mapped property or `last_updated`. */
  updated: number;
  deleted: number;
}

export interface MembershipCounts {
  groupsRead: number;
  /**
   * Number of those that were read only because their last complete read was long ago. Absent in reports of versions up
   * to 0.2.0.
   */
  groupsVerified?: number;
  /** Number of groups that this run had no reason to read. */
  groupsUnchanged: number;
  groupsFailed: number;
  /** Number of groups whose members are not read, because `SYNC_MEMBERS_OF` does not select them; absent for none. */
  groupsExcluded?: number;
  added: number;
  removed: number;
}

/** Numbers of edges of one kind, such as assignments to apps. */
export interface EdgeCounts {
  /** In the graph at the end of the run. */
  total: number;
  added: number;
  removed: number;
}

/** What a run has read of the kinds in `SYNC_ACCESS`; a kind that is not among them is absent. */
export interface AccessCounts {
  rules?: NodeCounts;
  apps?: NodeCounts;
  /** Direct assignments of users and groups to apps. */
  assignments?: EdgeCounts;
  /** Direct assignments of admin roles to users and groups. */
  roles?: EdgeCounts;
}

/** Numbers of `REPORTS_TO` relationships from users to their managers. */
export interface ReportingLines {
  total: number;
  added: number;
  removed: number;
  /** Number of users whose manager is not in the graph. */
  unresolved: number;
  /** Number of users whose manager could be one of several users. */
  ambiguous: number;
}

export interface OktaUsage {
  requests: number;
  /** The same by rate limit bucket; reports of earlier versions lack `apps`, `iam` and `logs`. */
  requestsByBucket: Record<Bucket, number>;
  /** Number of responses with status 429. */
  rateLimited: number;
  /** Time waited for rate limits, summed over parallel requests, milliseconds. */
  waitedMs: number;
  /** Number of retried requests. */
  retries: number;
}

/** Additional fields contain Okta IDs and counts. */
export interface SyncWarning extends Fault {
  code: WarningCode;
  userId?: string;
  userIds?: string[];
  groupId?: string;
  count?: number;
}

/** The result of a run, as printed by `report`. */
export interface SyncReport {
  runId: string;
  /** Increases by one with each run of a domain. */
  runNumber: number;
  domain: string;
  mode: SyncMode;
  outcome: SyncOutcome;
  /** ISO 8601, UTC. */
  startedAt: string;
  finishedAt: string;
  durationMs: number;
  users: NodeCounts;
  groups: NodeCounts;
  memberships: MembershipCounts;
  /** Absent in reports of versions without reporting lines. */
  reportingLines?: ReportingLines;
  /** Absent if `SYNC_ACCESS` is `none`, and in reports of earlier versions. */
  access?: AccessCounts;
  okta: OktaUsage;
  /** A hint, not a proof: Okta's counts can be unknown, or older than its lists. */
  reconciliation: {
    /** Number of memberships in the graph at the end. */
    memberships: number;
    /** The sum of the groups' `usersCount`, as far as it is known. */
    usersCount: number;
  };
  warnings: SyncWarning[];
  /** Number of warnings that exceed the report's limit. */
  warningsOmitted: number;
  /**
   * The time of an approval of removals, and the maximum of each kind; without numbers, as in a run that version 0.2.0
   * began, all were approved. The approver is on the `SyncRun`, because a report is stored in Temporal's history.
   */
  approval?: {
    at: string;
    users?: number;
    groups?: number;
    memberships?: number;
    apps?: number;
    assignments?: number;
    roles?: number;
    rules?: number;
  };
  /** Why the run failed or was cut short; absent if it came to its own end. */
  failure?: Fault;
}

const BUCKET_NAMES: Readonly<Record<OktaWait['bucket'], string>> = {
  users: 'the user list',
  user: 'individual users',
  groups: 'the group list and members',
  group: 'individual groups',
  apps: 'apps and their assignments',
  iam: 'admin roles',
  logs: 'the System Log',
  other: 'other requests',
};

/** Describes a wait, for example `waiting for Okta's rate limit on the user list until 12:34:56 UTC`. */
export function waitText({ bucket, until, reason }: OktaWait): string {
  const time = `${until.slice(11, 19)} UTC`;
  const what = `${BUCKET_NAMES[bucket]} (bucket "${bucket}")`;
  return reason === 'limit'
    ? `waiting for Okta's rate limit on ${what} until ${time}`
    : `waiting until ${time}: Okta returned 429 for ${what} without a usable reset time`;
}

/** Returns the current wait of a run; undefined if it does not wait. */
export function currentWait(progress: SyncProgress | undefined, now: Date): OktaWait | undefined {
  const wait = progress?.waiting;
  return wait && Date.parse(wait.until) > now.getTime() ? wait : undefined;
}

/** Returns the counts of the kinds of nodes in `SYNC_ACCESS` that a run has read, with their names. */
export function accessNodes({ apps, rules }: AccessCounts = {}): readonly (readonly [
  name: string,
  counts: NodeCounts,
])[] {
  return [
    ...(apps ? ([['apps', apps]] as const) : []),
    ...(rules ? ([['group rules', rules]] as const) : []),
  ];
}

/** Returns the counts of assignments to apps and of admin roles that a run has read, with their names. */
export function accessEdges({ assignments, roles }: AccessCounts = {}): readonly (readonly [
  name: string,
  counts: EdgeCounts,
])[] {
  return [
    ...(assignments ? ([['assignments', assignments]] as const) : []),
    ...(roles ? ([['admin roles', roles]] as const) : []),
  ];
}

/** Returns the changes of all kinds in `SYNC_ACCESS` together; undefined if a run has read none. */
export function accessChanges(
  access?: AccessCounts,
): Pick<NodeCounts, 'created' | 'updated' | 'deleted'> | undefined {
  const nodes = accessNodes(access).map(([, counts]) => counts);
  const edges = accessEdges(access).map(([, { added, removed }]) => ({
    created: added,
    updated: 0,
    deleted: removed,
  }));
  if (nodes.length + edges.length === 0) return undefined;
  const sum = (of: 'created' | 'updated' | 'deleted') =>
    [...nodes, ...edges].reduce((total, each) => total + each[of], 0);
  return { created: sum('created'), updated: sum('updated'), deleted: sum('deleted') };
}

/** Returns the total number of changes that a run made in the graph. */
export function changesIn({ users, groups, memberships, access }: SyncReport): number {
  const accessed = accessChanges(access);
  return [users, groups, ...(accessed ? [accessed] : [])].reduce(
    (sum, { created, updated, deleted }) => sum + created + updated + deleted,
    memberships.added + memberships.removed,
  );
}

/** Returns true if a run changed something, withheld removals or failed; of others, there is nothing to notify. */
export function isNewsworthy(report: SyncReport): boolean {
  return changesIn(report) > 0 || report.outcome !== 'succeeded';
}

/** Labels of the nodes from Okta. They become part of statements, so they never come from Okta's data. */
export type NodeLabel = 'User' | 'Group';

/** How a run ended, if it did not simply finish. */
export interface Ending {
  outcome: Exclude<SyncOutcome, 'succeeded'>;
  failure: Fault;
}
