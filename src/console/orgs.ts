import { existsSync } from 'node:fs';
import type { Config } from '../config';
import { orgsIn } from '../graph/read/orgs';
import { credentialFile } from '../orgs/credentialStore';
import type { Services } from './env';

/**
 * Returns the domains that are configured now, including those added since the console started. A
 * read-only console also shows the orgs that are in the graph.
 */
export async function domainsOf({ config, db, settings }: Services): Promise<string[]> {
  const configured = config.okta.readOrgs().orgs.map(({ domain }) => domain);
  if (!settings.isReadOnly) return configured;
  return [...new Set([...configured, ...(await orgsIn(db))])];
}

/** Returns true if an org's credentials are in a file that the console can replace, not in the environment. */
export function isManaged({ okta: { credentialsDirectory } }: Config, domain: string): boolean {
  return credentialsDirectory !== undefined && existsSync(credentialFile(credentialsDirectory, domain));
}
