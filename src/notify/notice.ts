import { randomUUID } from 'node:crypto';
import { CODES, rowOf } from '../codes';
import type { NoticeReason, NotifySettings } from '../config/notify';
import {
  changesIn,
  isNewsworthy,
  type SyncMode,
  type SyncOutcome,
  type SyncReport,
  type SyncWarning,
} from '../contract';
import { groupByCode } from '../faults/fault';
import type { GraphDatabase } from '../graph/database';
import { changesOf, type GraphChange } from '../graph/read/changes';
import { groupChanges, type GroupChanges, type MemberChanges } from '../graph/read/groupChanges';
import { findReport, runsBefore } from '../graph/read/reports';
import { totalOf, withheldIn } from '../graph/write/approvals';
import { repeats } from '../reportView/warningsByCode';

/** Limits of a notification: it says what happened, and the report has the rest. */
const MAX_GROUPS = 50;
const MAX_PEOPLE = 20;
const MAX_CODES = 20;

/** A user; name and email only if `NOTIFY_NAMES` asks for them. */
export interface NoticePerson {
  id: string;
  name?: string;
  email?: string;
}

export interface NoticeMembers {
  count: number;
  users: NoticePerson[];
  /** Number of users that are not listed. */
  more: number;
}

/** What a run has changed in a group of `NOTIFY_GROUPS`, or one with an admin role. */
export interface NoticeGroup {
  id: string;
  name?: string;
  /** True if it has an admin role. */
  admin: boolean;
  created: boolean;
  deleted: boolean;
  added: NoticeMembers;
  removed: NoticeMembers;
}

/** An admin role that was given to a user or a group, or taken away. */
export interface NoticeAdmin {
  change: 'granted' | 'revoked';
  role: { id: string; label?: string };
  user?: NoticePerson;
  group?: { id: string; name?: string };
}

/** A code of a warning or failure, with the first message that has it. */
export interface NoticeFault {
  code: string;
  message: string;
  advice?: string;
  /** Number of warnings with this code in the report. */
  count: number;
}

/** Kinds of changes: nodes are created, updated and deleted, relationships added and removed. */
const CHANGES = ['created', 'updated', 'deleted', 'added', 'removed'] as const;

export type NoticeCounts = Partial<Record<(typeof CHANGES)[number], number>>;

/** What a notification says; the README of its fields is docs/notifications.md. */
export interface NoticeData {
  /** Rises with a change that a receiver must know about; new fields can come without one. */
  version: 1;
  org?: string;
  reasons: NoticeReason[];
  /** Absent from a test. */
  run?: {
    id: string;
    number?: number;
    mode?: SyncMode;
    outcome: SyncOutcome;
    startedAt?: string;
    finishedAt?: string;
    /** The page of the run in the console. */
    url?: string;
  };
  failure?: NoticeFault;
  /** By kind, such as `users` and `memberships`. */
  counts?: Record<string, NoticeCounts>;
  /** Number of removals that wait for an approval. */
  withheld?: number;
  /** Those that the run before did not have too, and those that made this one partial. */
  warnings?: NoticeFault[];
  /** Number of warnings that are left out, because the run before had them. */
  knownWarnings?: number;
  groups?: NoticeGroup[];
  /** Number of groups that are not listed. */
  moreGroups?: number;
  admins?: NoticeAdmin[];
  moreAdmins?: number;
}

/** The body of a notification. */
export interface Notice {
  type: 'run.ended' | 'run.failed' | 'test';
  /** ISO 8601, UTC. */
  timestamp: string;
  data: NoticeData;
}

/** Returns the id of a notification: that of a run is the same for each attempt, so that a receiver can drop repeats. */
export function noticeId(runId: string | undefined): string {
  return runId === undefined ? `test_${randomUUID()}` : `run_${encodeURIComponent(runId)}`;
}

/** Returns true if a warning says that the graph differs from Okta. */
export function isShortfall({ code }: { code: string }): boolean {
  return rowOf(code)?.reportedAs === 'shortfall';
}

/**
 * Returns what is to be said of a run that has ended; undefined if that is nothing that `NOTIFY_ABOUT` names, or if the
 * graph no longer has the run.
 */
export async function noticeOf(
  db: GraphDatabase,
  settings: NotifySettings,
  { domain, run }: { domain: string; run: string },
): Promise<Notice | undefined> {
  const report = (await findReport(db, domain, run))?.report;
  if (!report || !isNewsworthy(report)) return undefined;
  const groups = await groupChanges(db, domain, report.runNumber, {
    patterns: settings.groups,
    withNames: settings.withNames,
    atMost: MAX_PEOPLE,
    inGroups: MAX_GROUPS,
  });
  const roles = await rolesIn(db, report);
  const withheld = totalOf(await withheldIn(db, domain, report.runNumber));
  const reasons = reasonsOf(report, { groups, roles, withheld }).filter((reason) =>
    settings.about.includes(reason),
  );
  if (reasons.length === 0) return undefined;
  const warnings = await warningsIn(db, report);
  const { failure, users, memberships, access = {} } = report;
  return {
    type: 'run.ended',
    timestamp: report.finishedAt,
    data: {
      version: 1,
      org: domain,
      reasons,
      run: {
        id: report.runId,
        number: report.runNumber,
        mode: report.mode,
        outcome: report.outcome,
        startedAt: report.startedAt,
        finishedAt: report.finishedAt,
        ...(settings.consoleOrigin !== undefined && {
          url: `${settings.consoleOrigin}/integrations/${encodeURIComponent(domain)}/runs/${report.runId}`,
        }),
      },
      ...(failure && { failure: faultIn([failure]) }),
      counts: {
        users: changed(users),
        groups: changed(report.groups),
        memberships: changed(memberships),
        ...Object.fromEntries(Object.entries(access).map(([kind, counts]) => [kind, changed(counts)])),
      },
      withheld,
      warnings: [...groupByCode(warnings.said).values()].slice(0, MAX_CODES).map(faultIn),
      knownWarnings: warnings.known,
      groups: groups.slice(0, MAX_GROUPS).map((group) => noticeGroup(group, settings)),
      moreGroups: Math.max(0, groups.length - MAX_GROUPS),
      admins: roles.slice(0, MAX_GROUPS).map((role) => noticeAdmin(role, settings)),
      moreAdmins: Math.max(0, roles.length - MAX_GROUPS),
    },
  };
}

/** Returns what is to be said of a run without a report: it could not begin, or could not write one. */
export function noticeWithoutReport(
  settings: NotifySettings,
  { org, run, code }: { org: string | undefined; run: string; code: string },
  now = new Date(),
): Notice | undefined {
  if (!settings.about.includes('failures')) return undefined;
  // The code comes through Temporal, where others can write too; only those of the table are repeated, with its texts.
  const row = rowOf(code);
  const { means, advice } = row ?? CODES.INTERNAL;
  return {
    type: 'run.failed',
    timestamp: now.toISOString(),
    data: {
      version: 1,
      ...(org !== undefined && { org }),
      reasons: ['failures'],
      run: { id: run, outcome: 'failed' },
      failure: {
        code: row ? code : 'INTERNAL',
        message: means,
        ...(advice !== undefined && { advice }),
        count: 1,
      },
    },
  };
}

/** Returns a notification that says nothing but that notifications arrive. */
export function testNotice(now = new Date()): Notice {
  return { type: 'test', timestamp: now.toISOString(), data: { version: 1, reasons: [] } };
}

function reasonsOf(
  report: SyncReport,
  {
    groups,
    roles,
    withheld,
  }: { groups: readonly GroupChanges[]; roles: readonly GraphChange[]; withheld: number },
): NoticeReason[] {
  const { added = 0, removed = 0 } = report.access?.roles ?? {};
  const applies: Record<NoticeReason, boolean> = {
    changes: changesIn(report) > 0,
    groups: groups.length > 0,
    admins: added + removed + roles.length > 0,
    withheld: withheld > 0,
    failures: report.outcome !== 'succeeded',
  };
  return (Object.keys(applies) as NoticeReason[]).filter((reason) => applies[reason]);
}

async function rolesIn(db: GraphDatabase, { domain, runNumber, access }: SyncReport): Promise<GraphChange[]> {
  if (!access?.roles) return [];
  const roles: GraphChange[] = [];
  const kinds = new Set(['role'] as const);
  for await (const change of changesOf(db, domain, runNumber, runNumber, { kinds })) roles.push(change);
  return roles;
}

/**
 * Leaves out what the last run with lists warned of too, such as people without an email, and counts it. What makes a
 * run partial is said each time.
 */
async function warningsIn(
  db: GraphDatabase,
  report: SyncReport,
): Promise<{ said: SyncWarning[]; known: number }> {
  const [before] = await runsBefore(db, report.domain, { before: report.runNumber, limit: 1 });
  const isRepeated = repeats(before?.report);
  const said = report.warnings.filter((warning) => isShortfall(warning) || !isRepeated(warning));
  return { said, known: report.warnings.length - said.length };
}

/** Leaves out what is no change, such as the number of objects that a run has read. */
function changed(counts: NoticeCounts): NoticeCounts {
  return Object.fromEntries(
    CHANGES.flatMap((change) => (counts[change] === undefined ? [] : [[change, counts[change]]])),
  );
}

function faultIn(faults: readonly { code: string; message: string; advice?: string }[]): NoticeFault {
  const [{ code = 'INTERNAL', message = '', advice } = {}] = faults;
  return { code, message, ...(advice !== undefined && { advice }), count: faults.length };
}

function noticeGroup(group: GroupChanges, settings: NotifySettings): NoticeGroup {
  return {
    ...named(group.id, group.name, settings),
    admin: group.isAdmin,
    created: group.isCreated,
    deleted: group.isDeleted,
    added: noticeMembers(group.added),
    removed: noticeMembers(group.removed),
  };
}

/** Names were not even read unless they are to be sent. */
function noticeMembers({ count, people }: MemberChanges): NoticeMembers {
  const users = people.map(({ id, displayName, email }) => ({
    id,
    ...(displayName !== undefined && { name: displayName }),
    ...(email !== undefined && { email }),
  }));
  return { count, users, more: count - users.length };
}

function noticeAdmin(change: GraphChange, settings: NotifySettings): NoticeAdmin {
  const { userId, userName, userEmail, groupId, groupName, roleId = '', roleName } = change;
  return {
    change: change.change === 'added' ? 'granted' : 'revoked',
    role: { id: roleId, ...(roleName !== undefined && { label: roleName }) },
    ...(userId !== undefined && {
      user: {
        ...named(userId, userName, settings),
        ...(settings.withNames && userEmail !== undefined && { email: userEmail }),
      },
    }),
    ...(groupId !== undefined && { group: named(groupId, groupName, settings) }),
  };
}

function named(id: string, name: string | undefined, { withNames }: NotifySettings) {
  return { id, ...(withNames && name !== undefined && { name }) };
}
