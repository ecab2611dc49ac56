import type { SyncReport, SyncWarning } from '../contract';
import { approverOf } from '../graph/write/approvals';
import type { GraphDatabase } from '../graph/database';
import { describeGroups, describePeople, type Person } from '../graph/read/reports';
import { countOf } from '../text/counts';
import { formatTime } from '../text/times';
import { isVisible, printable } from '../text/printable';

/** Who and what the Okta ids of a report are. */
export interface Names {
  users: ReadonlyMap<string, Person>;
  groups: ReadonlyMap<string, string>;
  /** Who approved removals; absent where nobody did by name. */
  approver?: string;
}

export const NO_NAMES: Names = { users: new Map(), groups: new Map() };

/** Ids of the users that a warning is about. */
export function usersOf({ userId, userIds = [] }: SyncWarning): readonly string[] {
  return userId === undefined ? userIds : [userId, ...userIds];
}

/** Looks up the ids that a report's warnings name. */
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

/** Such as `Ada Lovelace <ada@acme.com> (00u1)`, or the id alone when the graph does not have it. */
export function userLabel(id: string, { users }: Names): string {
  const { displayName, email } = users.get(id) ?? {};
  return labelled(id, [displayName, email && `<${email}>`]);
}

/** Such as `Engineering (00g1)`, or the id alone when the graph does not have it. */
export function groupLabel(id: string, { groups }: Names): string {
  return labelled(id, [groups.get(id)]);
}

function labelled(id: string, parts: (string | undefined)[]): string {
  const name = printable(parts.filter(Boolean).join(' '));
  return !isVisible(name) ? id : `${name} (${id})`;
}

/** What was approved, when and by whom; undefined without an approval. */
export function approvalText(
  { approval }: SyncReport,
  { approver = 'nobody by name' }: Names,
): string | undefined {
  if (!approval) return undefined;
  const { at, users, groups, memberships } = approval;
  const most =
    users === undefined || groups === undefined || memberships === undefined
      ? 'removals without a limit'
      : `at most ${countOf(users, 'user')}, ${countOf(groups, 'group')}, ${countOf(memberships, 'membership')}`;
  return `${most}; by ${printable(approver)}, ${formatTime(new Date(at))}`;
}
