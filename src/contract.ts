/**
 * What crosses the border of a run: its input, what it says while it works, and what it returns.
 * Everything here ends up in Temporal's history, so it MUST carry Okta ids, cursors and counts only:
 * no name, no email, no secret.
 */

import type { Fault } from './faults/fault';

/** The Temporal workflow type, as `temporal workflow start --type` takes it. */
export const SYNC_WORKFLOW_TYPE = 'syncOkta';

/** Longest `SYNC_RUN_DEADLINE`, milliseconds: Temporal sets a timer for it. */
export const LONGEST_DEADLINE_MS = 366 * 86_400_000;

/** The Temporal query that answers with a {@link SyncProgress}. */
export const PROGRESS_QUERY = 'progress';

/** `auto` lets the run choose by the age of the last full run. */
export const REQUESTED_MODES = ['auto', 'full', 'incremental'] as const;

export type RequestedMode = (typeof REQUESTED_MODES)[number];

export type SyncMode = 'full' | 'incremental';

/** Input of the workflow; every field may be absent, and so may the whole. */
export interface SyncRequest {
  /** Selects one of the configured orgs by exact match; the only configured one when absent. */
  domain?: string;
  /** Default `auto`. */
  mode?: RequestedMode;
  /**
   * Lets this one run remove as much as a person has approved: the numbers of the approval that `approvalId` names, or,
   * without an id, what the last run withheld. Where nothing was approved or withheld the usual limits apply. Default false.
   */
  allowDeletes?: boolean;
  /** Id of the `RemovalApproval` that the client has put into the graph for this run, a random UUID. */
  approvalId?: string;
}

/**
 * `succeeded`: the graph equals Okta. `partial`: it does but for what the warnings name. `failed`: a list could
 * not be read whole. `cancelled`: stopped by an operator. `abandoned`: terminated, told by the next run.
 */
export type SyncOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled' | 'abandoned';

export type SyncPhase = 'starting' | 'users and groups' | 'memberships' | 'sweep' | 'reporting' | 'done';

/** The Temporal signal by which an activity says that it waits; it carries an {@link OktaWait}. */
export const WAITING_SIGNAL = 'waiting';

/**
 * Buckets that Okta counts apart: the list of users, one user, the list of groups with everything below it
 * (members too), one group, and what has no bucket of interest.
 */
export type Bucket = 'users' | 'user' | 'groups' | 'group' | 'other';

/** A wait for one of Okta's rate limit buckets. */
export interface OktaWait {
  bucket: Bucket;
  /** ISO 8601, UTC. */
  until: string;
  /** `limit`: the bucket is used up until then. `refused`: Okta refuses without saying for how long; it is asked again then. */
  reason: 'limit' | 'refused';
}

/** Answer of the `progress` query. Totals are absent where Okta does not tell them ahead. */
export interface SyncProgress {
  phase: SyncPhase;
  domain?: string;
  runId: string;
  runNumber?: number;
  mode?: SyncMode;
  users: { seen: number; done: boolean };
  groups: { seen: number; done: boolean };
  memberships: { groupsDone: number; groupsTotal?: number };
  /** The last wait of some seconds for Okta that was begun; it is over once its time has passed. */
  waiting?: OktaWait;
}

export interface NodeCounts {
  /** Rows of the list that Okta answered with, each node once. */
  seen: number;
  created: number;
  /** Nodes of which a mapped property or `last_updated` changed. */
  updated: number;
  deleted: number;
}

export interface MembershipCounts {
  groupsRead: number;
  /** Groups that this run had no reason to read. */
  groupsUnchanged: number;
  groupsFailed: number;
  added: number;
  removed: number;
}

/** `REPORTS_TO` from users to their managers. */
export interface ReportingLines {
  total: number;
  added: number;
  removed: number;
  /** Users whose manager the graph does not have. */
  unresolved: number;
  /** Users whose manager could be one of several users. */
  ambiguous: number;
}

export interface OktaUsage {
  requests: number;
  /** The same by rate limit bucket. */
  requestsByBucket: Record<Bucket, number>;
  /** Answers with 429. */
  rateLimited: number;
  /** Time slept for rate limits, summed over parallel requests, milliseconds. */
  waitedMs: number;
  /** Requests that repeated one that had failed. */
  retries: number;
}

/** Further fields hold Okta ids and counts. */
export interface SyncWarning extends Fault {
  userId?: string;
  userIds?: string[];
  groupId?: string;
  count?: number;
}

/** The result of a run, and what `report` prints. */
export interface SyncReport {
  runId: string;
  /** Counts up by one with each run of a domain. */
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
  /** Absent in reports of versions that drew none. */
  reportingLines?: ReportingLines;
  okta: OktaUsage;
  /** A hint, not a proof: Okta's counts may be unknown, or older than its lists. */
  reconciliation: {
    /** Memberships in the graph at the end. */
    memberships: number;
    /** The sum of the groups' `usersCount`, as far as Okta told it. */
    usersCount: number;
  };
  warnings: SyncWarning[];
  /** Warnings beyond the number that a report holds. */
  warningsOmitted: number;
  /**
   * That removals were approved, and the most of each kind; without numbers, as in a run that 0.2.0 began, all. Who did
   * is on the `SyncRun`: a report enters Temporal's history.
   */
  approval?: { at: string; users?: number; groups?: number; memberships?: number };
  /** Why the run failed or was cut short; absent where it came to its own end. */
  failure?: Fault;
}

const BUCKETS: Readonly<Record<OktaWait['bucket'], string>> = {
  users: 'the user list',
  user: 'single users',
  groups: 'the group list and members',
  group: 'single groups',
  other: 'other requests',
};

/** What a run does while it waits for Okta, such as `waiting for Okta's rate limit on the user list until 12:34:56 UTC`. */
export function waitText({ bucket, until, reason }: OktaWait): string {
  const time = `${until.slice(11, 19)} UTC`;
  const what = `${BUCKETS[bucket]} (bucket "${bucket}")`;
  return reason === 'limit'
    ? `waiting for Okta's rate limit on ${what} until ${time}`
    : `waiting until ${time}: Okta refuses ${what} with 429 and does not say for how long`;
}

/** The wait of a run that is not over yet; undefined when it does not wait. */
export function currentWait(progress: SyncProgress | undefined, now: Date): OktaWait | undefined {
  const wait = progress?.waiting;
  return wait && Date.parse(wait.until) > now.getTime() ? wait : undefined;
}

/** Labels of the nodes that come from Okta. Statements are made with them, so they are never Okta's word. */
export type NodeLabel = 'User' | 'Group';

/** How a run came to its end, where it did not simply finish. */
export interface Ending {
  outcome: Exclude<SyncOutcome, 'succeeded'>;
  failure: Fault;
}
