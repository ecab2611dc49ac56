import { existsSync } from 'node:fs';
import type { Config } from '../config';
import { credentialFile } from '../orgs/credentialStore';
import type { Services } from './env';

/** Returns the domains that are configured now, including those added since the console started. */
export function domainsOf({ config }: Services): string[] {
  return config.okta.readOrgs().orgs.map(({ domain }) => domain);
}

/** Returns true if an org's credentials are in a file that the console can replace, not in the environment. */
export function isManaged({ okta: { credentialsDirectory } }: Config, domain: string): boolean {
  return credentialsDirectory !== undefined && existsSync(credentialFile(credentialsDirectory, domain));
}
