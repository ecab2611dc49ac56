import type { Amount } from '../amount';
import type { AccessCounts } from './accessTruth';

/** The changes that were made to apps, roles and rules; in a small org they can be fewer than planned. */
export interface AccessResult {
  appsAdded: number;
  appsRenamed: number;
  appsDeactivated: number;
  appsDeleted: number;
  /** Direct assignments. Those that end with a user, group or app are not counted. */
  appUsersAssigned: number;
  appUsersUnassigned: number;
  appGroupsAssigned: number;
  appGroupsUnassigned: number;
  rulesAdded: number;
  rulesChanged: number;
  /** Those that become invalid with a deleted group are not counted. */
  rulesInvalidated: number;
  rulesDeleted: number;
  /** To users and groups. */
  rolesGranted: number;
  /** Those that end with a user or group are not counted. */
  rolesRevoked: number;
}

/**
 * The changes in the order in which they are made: what a percentage is of, the share in the mix of a `fraction`, and
 * the field of the result.
 */
export const ACCESS_MIX = {
  addApps: { of: 'apps', mix: 0.1, result: 'appsAdded' },
  renameApps: { of: 'apps', mix: 0.3, result: 'appsRenamed' },
  assignAppUsers: { of: 'appUsers', mix: 1, result: 'appUsersAssigned' },
  unassignAppUsers: { of: 'appUsers', mix: 0.7, result: 'appUsersUnassigned' },
  assignAppGroups: { of: 'appGroups', mix: 0.5, result: 'appGroupsAssigned' },
  unassignAppGroups: { of: 'appGroups', mix: 0.3, result: 'appGroupsUnassigned' },
  addRules: { of: 'rules', mix: 0.2, result: 'rulesAdded' },
  changeRules: { of: 'rules', mix: 1, result: 'rulesChanged' },
  invalidateRules: { of: 'rules', mix: 0.1, result: 'rulesInvalidated' },
  grantRoles: { of: 'roles', mix: 0.5, result: 'rolesGranted' },
  revokeRoles: { of: 'roles', mix: 0.4, result: 'rolesRevoked' },
  deactivateApps: { of: 'apps', mix: 0.1, result: 'appsDeactivated' },
  deleteApps: { of: 'apps', mix: 0.05, result: 'appsDeleted' },
  deleteRules: { of: 'rules', mix: 0.1, result: 'rulesDeleted' },
} as const satisfies Record<string, { of: keyof AccessCounts; mix: number; result: keyof AccessResult }>;

export type AccessChange = keyof typeof ACCESS_MIX;

export type AccessPlan = { readonly [change in AccessChange]?: Amount };

export function emptyAccessResult(): AccessResult {
  const fields = Object.values(ACCESS_MIX).map(({ result }) => [result, 0] as const);
  return Object.fromEntries(fields) as unknown as AccessResult;
}
