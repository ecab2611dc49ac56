import { z } from 'zod';
import { type AccessChange, ACCESS_MIX, type AccessResult } from './access/accessPlan';
import { AMOUNT } from './amount';

/** Changes to apps, admin roles and group rules. Percentages are of the current number of those that change. */
const ACCESS_PLAN = Object.fromEntries(
  Object.keys(ACCESS_MIX).map((change) => [change, AMOUNT.optional()]),
) as unknown as Record<AccessChange, z.ZodOptional<typeof AMOUNT>>;

/** Amount of each change: a number, or a percentage such as `'5%'` of the current users, groups or memberships. */
export const CHURN_PLAN = z.strictObject({
  ...ACCESS_PLAN,
  seed: z.number().int().optional(),
  /** Share of users and groups to change, 0 to 1, in a mix like that of a workday. The fields below override parts. */
  fraction: z.number().min(0).max(1).optional(),
  addUsers: AMOUNT.optional(),
  renameUsers: AMOUNT.optional(),
  deactivateUsers: AMOUNT.optional(),
  /** Deletes DEPROVISIONED users. If there are too few, deactivates others first. */
  deleteUsers: AMOUNT.optional(),
  recordLogins: AMOUNT.optional(),
  addGroups: AMOUNT.optional(),
  renameGroups: AMOUNT.optional(),
  deleteGroups: AMOUNT.optional(),
  /** Number of groups other than Everyone to spread the membership changes over; default: all. */
  groupsTouched: AMOUNT.optional(),
  addMemberships: AMOUNT.optional(),
  removeMemberships: AMOUNT.optional(),
});

export type ChurnPlan = z.infer<typeof CHURN_PLAN>;

/** The changes that were made; in a small org they can be fewer than planned. */
export interface ChurnResult extends AccessResult {
  usersAdded: number;
  usersRenamed: number;
  usersDeactivated: number;
  usersDeleted: number;
  loginsRecorded: number;
  groupsAdded: number;
  groupsRenamed: number;
  groupsDeleted: number;
  /** Direct additions, and those of new users to Everyone. */
  membershipsAdded: number;
  /** Direct removals. Those with a deleted user or group are counted below. */
  membershipsRemoved: number;
  membershipsRemovedWithUsers: number;
  membershipsRemovedWithGroups: number;
  /** Number of existing users whose `lastUpdated` changed, including new users. */
  usersChanged: number;
  /** Number of existing groups whose members changed, including Everyone. */
  groupsWithMembershipChanges: number;
}
