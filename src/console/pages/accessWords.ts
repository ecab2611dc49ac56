import type { AccessPageKind } from '../../graph/read/access';

/** What the pages call each kind. */
export const ACCESS_TITLES: Readonly<Record<AccessPageKind, string>> = {
  apps: 'Apps',
  roles: 'Admin roles',
  rules: 'Group rules',
};

/** What the pages call one of a kind. */
export const ACCESS_NOUNS: Readonly<Record<AccessPageKind, string>> = {
  apps: 'app',
  roles: 'admin role',
  rules: 'group rule',
};
