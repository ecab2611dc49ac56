/** Labels of the Okta Admin Console for values of its API, from Okta's help page "User account status". */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['ACTIVE', 'Active'],
  ['STAGED', 'Staged'],
  ['PROVISIONED', 'Pending user action'],
  ['RECOVERY', 'Password reset'],
  ['PASSWORD_EXPIRED', 'Password expired'],
  ['LOCKED_OUT', 'Locked out'],
  ['SUSPENDED', 'Suspended'],
  ['DEPROVISIONED', 'Deactivated'],
  ['INACTIVE', 'Inactive'],
  ['INVALID', 'Invalid'],
  ['OKTA_GROUP', 'Okta group'],
  ['APP_GROUP', 'App group'],
  ['BUILT_IN', 'Built-in'],
]);

/** Returns what the Okta Admin Console calls a status or a group type of the API; others as they are. */
export function oktaWord(name: string): string {
  return WORDS.get(name) ?? name;
}
