import type { OktaCredentials } from './credentials';

/** An org that this process may connect to. */
export interface OrgConfig {
  readonly domain: string;
  readonly origin: string;
  readonly credentials: OktaCredentials;
  /** The file that it was read from; absent for the environment's own org, which stays while this process runs. */
  readonly file?: string;
}

/** The orgs read from the environment and the files, and the errors of the rest. */
export interface OrgsRead {
  readonly orgs: readonly OrgConfig[];
  readonly faults: readonly string[];
  /** Returns true if an org's file exists but could not be read as an org: then the org is not removed. */
  readonly isUnread: (domain: string) => boolean;
}
