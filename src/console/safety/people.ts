/** What someone may do in the console: look; run, pause and approve; change integrations and credentials too. Each includes the ones before. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends a request. */
export interface Person {
  /** For records and Temporal: their name from the sign-in, or `the console` where people have no names. */
  name: string;
  role: Role;
}

/** Returns true if a person's role includes another one. */
export function mayAct({ role }: Pick<Person, 'role'>, as: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(as);
}
