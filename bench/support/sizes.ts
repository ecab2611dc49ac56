import type { OrgSize } from '../../dev/lab/org/simulatedOrg';

/** Orgs that are measured. */
export const SIZES = {
  small: { users: 2_000, groups: 200, memberships: 22_000 },
  '5k': { users: 5_000, groups: 500, memberships: 55_000 },
  medium: { users: 20_000, groups: 2_000, memberships: 220_000 },
  large: { users: 100_000, groups: 10_000, memberships: 1_000_000 },
  huge: { users: 1_000_000, groups: 100_000, memberships: 10_000_000 },
} as const satisfies Record<string, OrgSize>;

export type SizeName = keyof typeof SIZES;

/** Limits that no run meets. */
export const UNLIMITED = {
  users: 1_000_000,
  groups: 1_000_000,
  group: 1_000_000,
  user: 1_000_000,
  apps: 1_000_000,
  iam: 1_000_000,
  logs: 1_000_000,
};
