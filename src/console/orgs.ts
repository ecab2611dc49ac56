import { existsSync } from 'node:fs';
import type { Config } from '../config';
import { credentialFile } from '../okta/credentialStore';
import type { Services } from './env';

/** The domains that the console shows: those that are configured at this moment, also since it started. */
export function domainsOf({ config }: Services): string[] {
  return config.okta.readOrgs().orgs.map(({ domain }) => domain);
}

/** Whether an org's credentials are in a file that the console may replace, not in the environment. */
export function isManaged({ okta: { credentialsDirectory } }: Config, domain: string): boolean {
  return credentialsDirectory !== undefined && existsSync(credentialFile(credentialsDirectory, domain));
}
