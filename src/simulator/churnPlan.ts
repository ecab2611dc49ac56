import { z } from 'zod';

const amount = z.union([z.number().int().nonnegative(), z.string().regex(/^\d+(\.\d+)?%$/)]);

/** How much of each kind; a number, or a percentage such as `'5%'` of the users, groups or memberships there are. */
export const CHURN_PLAN = z.strictObject({
  seed: z.number().int().optional(),
  /** Share, 0 to 1, of users and groups to change in a mix as in a working day; the fields below replace parts of it. */
  fraction: z.number().min(0).max(1).optional(),
  addUsers: amount.optional(),
  renameUsers: amount.optional(),
  deactivateUsers: amount.optional(),
  /** Takes DEPROVISIONED users, and deactivates others first when there are too few. */
  deleteUsers: amount.optional(),
  recordLogins: amount.optional(),
  addGroups: amount.optional(),
  renameGroups: amount.optional(),
  deleteGroups: amount.optional(),
  /** Groups, other than Everyone, that the two below are spread over; all when absent. */
  groupsTouched: amount.optional(),
  addMemberships: amount.optional(),
  removeMemberships: amount.optional(),
});

export type ChurnPlan = z.infer<typeof CHURN_PLAN>;

export type Amount = z.infer<typeof amount> | undefined;

/** What was really done, which can be less than planned in a small org. */
export interface ChurnResult {
  usersAdded: number;
  usersRenamed: number;
  usersDeactivated: number;
  usersDeleted: number;
  loginsRecorded: number;
  groupsAdded: number;
  groupsRenamed: number;
  groupsDeleted: number;
  /** By hand and by new users that join Everyone. */
  membershipsAdded: number;
  /** By hand; those that went with a user or a group are counted below. */
  membershipsRemoved: number;
  membershipsRemovedWithUsers: number;
  membershipsRemovedWithGroups: number;
  /** Distinct users that exist now and whose `lastUpdated` moved, new ones among them. */
  usersChanged: number;
  /** Distinct groups that exist now and whose members changed, Everyone among them. */
  groupsWithMembershipChanges: number;
}

/** A number is meant as it is, a percentage is of `total`, and nothing means `byDefault` or that share. */
export function resolveAmount(
  wanted: Amount,
  total: number,
  share: number,
  byDefault = Math.round(total * share),
): number {
  if (wanted === undefined) return byDefault;
  if (typeof wanted === 'number') return wanted;
  return Math.round((total * Number(wanted.slice(0, -1))) / 100);
}
