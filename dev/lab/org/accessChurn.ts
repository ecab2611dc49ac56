import * as fc from 'fast-check';
import type { ChurnPlan } from '../../../src/simulator';

const few = fc.integer({ min: 0, max: 3 });
const one = fc.integer({ min: 0, max: 1 });

/** Random changes of apps, admin roles and group rules, and of the users and groups that have them. */
export const churnOfAccess: fc.Arbitrary<ChurnPlan> = fc.record({
  seed: fc.nat(10_000),
  addUsers: few,
  deactivateUsers: one,
  deleteUsers: few,
  addGroups: one,
  deleteGroups: one,
  addApps: few,
  renameApps: few,
  deactivateApps: few,
  deleteApps: few,
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
