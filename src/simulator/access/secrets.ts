/**
 * Secrets that the simulated org serves with apps and app users, in `settings`, `credentials` and `profile`, as Okta
 * can. They are the same in every org, so that a test can search for them wherever apps and assignments are stored.
 */
export const SERVED_SECRETS = {
  appApiToken: 'SIMULATED-SECRET-app-api-token',
  appClientSecret: 'SIMULATED-SECRET-app-client-secret',
  appSharedPassword: 'SIMULATED-SECRET-app-shared-password',
  appProfilePassword: 'SIMULATED-SECRET-app-profile-password',
  appUserPassword: 'SIMULATED-SECRET-app-user-password',
  appUserToken: 'SIMULATED-SECRET-app-user-token',
  appGroupToken: 'SIMULATED-SECRET-app-group-token',
} as const;
