import type { SyncReport, SyncWarning } from '../contract';
import { approverOf, removalsText } from '../graph/write/approvals';
import type { GraphDatabase } from '../graph/database';
import { describeGroups, describePeople, type Person } from '../graph/read/reports';
import { formatTime } from '../text/times';
import { isVisible, printable } from '../text/printable';

/** Names of the users and groups in a report, by their Okta IDs. */
export interface Names {
  users: ReadonlyMap<string, Person>;
  groups: ReadonlyMap<string, string>;
  /** Who approved the removals; absent if that is not recorded. */
  approver?: string;
}

export const NO_NAMES: Names = { users: new Map(), groups: new Map() };

/** Returns the ids of the users that a warning is about. */
export function usersOf({ userId, userIds = [] }: SyncWarning): readonly string[] {
  return userId === undefined ? userIds : [userId, ...userIds];
}

/** Looks up the names of the users and groups in a report's warnings, and the approver. */
export async function namesIn(db: GraphDatabase, report: SyncReport): Promise<Names> {
  const { domain, runNumber, warnings, approval } = report;
  const userIds = warnings.flatMap(usersOf);
  const groupIds = warnings.flatMap(({ groupId }) => groupId ?? []);
  const approver = approval && (await approverOf(db, domain, runNumber));
  const approved = approver === undefined ? {} : { approver };
  if (userIds.length + groupIds.length === 0) return { ...NO_NAMES, ...approved };
  return {
    ...approved,
    users: await describePeople(db, domain, userIds),
    groups: await describeGroups(db, domain, groupIds),
  };
}

/** Returns a label such as `Ada Lovelace <ada@acme.com> (00u1)`, or only the id if the graph has no such user. */
export function userLabel(id: string, { users }: Names): string {
  const { displayName, email } = users.get(id) ?? {};
  return labelled(id, [displayName, email && `<${email}>`]);
}

/** Returns a label such as `Engineering (00g1)`, or only the id if the graph has no such group. */
export function groupLabel(id: string, { groups }: Names): string {
  return objectLabel(id, groups.get(id));
}

/** Returns a label such as `Salesforce (0oa1)` from an id and a name. */
export function objectLabel(id: string, name: string | undefined): string {
  return labelled(id, [name]);
}

function labelled(id: string, parts: (string | undefined)[]): string {
  const name = printable(parts.filter(Boolean).join(' '));
  return !isVisible(name) ? id : `${name} (${id})`;
}

/** Describes which removals were approved, by whom and when; undefined without an approval. */
export function approvalText(
  { approval }: SyncReport,
  { approver = 'an unknown user' }: Names,
): string | undefined {
  if (!approval) return undefined;
  const { at, ...counts } = approval;
  const limits = counts.users === undefined ? 'removals without a limit' : `at most ${removalsText(counts)}`;
  return `${limits}; by ${printable(approver)}, ${formatTime(new Date(at))}`;
}
