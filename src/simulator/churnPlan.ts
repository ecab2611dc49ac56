import { z } from 'zod';
import { type AccessChange, ACCESS_MIX, type AccessResult } from './access/accessPlan';

const amount = z.union([z.number().int().nonnegative(), z.string().regex(/^\d+(\.\d+)?%$/)]);

/** Changes to apps, admin roles and group rules. Percentages are of the current number of those that change. */
const ACCESS_PLAN = Object.fromEntries(
  Object.keys(ACCESS_MIX).map((change) => [change, amount.optional()]),
) as unknown as Record<AccessChange, z.ZodOptional<typeof amount>>;

/** Amount of each change: a number, or a percentage such as `'5%'` of the current users, groups or memberships. */
export const CHURN_PLAN = z.strictObject({
  ...ACCESS_PLAN,
  seed: z.number().int().optional(),
  /** Share of users and groups to change, 0 to 1, in a mix like that of a workday. The fields below override parts. */
  fraction: z.number().min(0).max(1).optional(),
  addUsers: amount.optional(),
  renameUsers: amount.optional(),
  deactivateUsers: amount.optional(),
  /** Deletes DEPROVISIONED users. If there are too few, deactivates others first. */
  deleteUsers: amount.optional(),
  recordLogins: amount.optional(),
  addGroups: amount.optional(),
  renameGroups: amount.optional(),
  deleteGroups: amount.optional(),
  /** Number of groups other than Everyone to spread the membership changes over; default: all. */
  groupsTouched: amount.optional(),
  addMemberships: amount.optional(),
  removeMemberships: amount.optional(),
});

export type ChurnPlan = z.infer<typeof CHURN_PLAN>;

export type Amount = z.infer<typeof amount> | undefined;

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

/**
 * Returns an amount as a number. A percentage is of `total`; without a value, it is `byDefault` or the share of
 * `total`.
 */
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
