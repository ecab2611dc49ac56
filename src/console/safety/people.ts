/** What someone may do in the console: look; run, pause and approve; change integrations and credentials too. Each includes the ones before. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends a request. */
export interface Person {
  /** For records and Temporal: their name from the sign-in, or `the console` where people have no names. */
  name: string;
  role: Role;
}

/** Who sends a request where people have no names. */
export const THE_CONSOLE: Person = { name: 'the console', role: 'admin' };

/** What records add to the name that a sign-in proxy has sent. */
const IN_THE_CONSOLE = ', in the console';

/** Returns the name in records of someone whom a sign-in proxy has named. */
export const recordedName = (name: string): string => `${name}${IN_THE_CONSOLE}`;

/** Returns the name of a person as they have signed in; undefined where people have no names. */
export function ownName({ name }: Person): string | undefined {
  return name === THE_CONSOLE.name ? undefined : name.replace(IN_THE_CONSOLE, '');
}

/** Returns true if a person's role includes another one. */
export function mayAct({ role }: Pick<Person, 'role'>, as: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(as);
}
