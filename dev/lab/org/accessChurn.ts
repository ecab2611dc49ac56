import * as fc from 'fast-check';
import type { ChurnPlan } from '../../../src/simulator';

const few = fc.integer({ min: 0, max: 3 });
const one = fc.integer({ min: 0, max: 1 });

/** Random changes of apps, admin roles and group rules, and of the users and groups that have them. */
export const churnOfAccess: fc.Arbitrary<ChurnPlan> = fc.record({
  seed: fc.nat(10_000),
  addUsers: few,
  deactivateUsers: one,
  deleteUsers: one,
  addGroups: one,
  deleteGroups: one,
  addApps: one,
  renameApps: few,
  deactivateApps: one,
  deleteApps: one,
  assignAppUsers: few,
  unassignAppUsers: few,
  assignAppGroups: few,
  unassignAppGroups: few,
  addRules: few,
  changeRules: few,
  invalidateRules: one,
  deleteRules: one,
  grantRoles: few,
  revokeRoles: few,
});
