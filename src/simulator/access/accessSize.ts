/** Numbers of apps, group rules and direct role assignments. */
export interface AccessSize {
  readonly apps: number;
  readonly rules: number;
  /** Direct assignments of admin roles, up to two of them to groups. */
  readonly roles: number;
}

/** Returns plausible numbers: 40 apps, 15 rules and 14 role assignments for 2,000 users. */
export function defaultAccess(users: number): AccessSize {
  const root = Math.sqrt(users);
  return { apps: Math.round(root * 0.9), rules: Math.round(root / 3), roles: Math.round(root * 0.31) };
}
