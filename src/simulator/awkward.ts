import type { JsonObject } from './json';
import type { ProfileChanges } from './userRecord';

/** How a person differs from the regular person with the same index. */
export interface AwkwardPerson {
  readonly changes: ProfileChanges;
  readonly status?: string;
}

/** Smaller orgs have no awkward people; most of their users would be awkward. */
export const MIN_USERS_FOR_AWKWARD_PEOPLE = 50;

/**
 * Returns people with unusual data, as in real directories, that can break programs. The first two share the mailbox of
 * `colleague`. In Okta, an email is not unique, can differ in case, and can be missing or null.
 */
export function awkwardPeople(colleague: JsonObject): AwkwardPerson[] {
  const email = String(colleague.email);
  return [
    { changes: { email } },
    { changes: { email: email.toUpperCase() } },
    { changes: { email: undefined } },
    { changes: { email: null, displayName: undefined } },
    {
      changes: {
        firstName: 'Zoe\u0308',
        lastName: 'Nguye\u0302\u0303n',
        displayName: 'Zoe\u0308 Nguye\u0302\u0303n',
      },
    },
    { changes: { firstName: '👩🏽‍💻', displayName: '👩🏽‍💻 🏳️‍🌈', title: 'Chief 🎉 Officer' } },
    { changes: { firstName: 'محمد', lastName: 'כהן', displayName: 'محمد \u202eכהן\u202c' } },
    { changes: { firstName: '𝒜𝓁𝒾𝒸𝑒', lastName: '𠮷野', displayName: '𝒜𝓁𝒾𝒸𝑒 𠮷野' } },
    { changes: { lastName: 'Nu\u0000ll', displayName: 'Nu\u0000ll' } },
    { changes: { firstName: 'Half\ud83d', displayName: 'Half\ud83d Surrogate' } },
    {
      changes: {
        displayName: '<script>alert("org")</script><b>Bobby</b> & Co',
        title: "'; DROP TABLE users; --",
      },
    },
    {
      changes: { firstName: 'Con"or', lastName: "O'Brien\\Smith\r\n\tJr.", displayName: '\\"\\\\"\'`${x}`' },
    },
    {
      changes: {
        lastName: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(150),
        displayName: 'W'.repeat(6_000),
      },
    },
    { changes: { displayName: undefined } },
    { changes: { displayName: '', firstName: ' ', lastName: null, department: [], employeeNumber: 4711 } },
    { changes: withOnlyLogin(colleague) },
    { changes: {}, status: 'QUARANTINED_BY_POLICY' },
  ];
}

function withOnlyLogin(profile: JsonObject): ProfileChanges {
  const names = Object.keys(profile).filter((name) => name !== 'login');
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
