import type { OktaCredentials } from './credentials';

/** One org that this process may speak to. */
export interface OrgConfig {
  readonly domain: string;
  readonly origin: string;
  readonly credentials: OktaCredentials;
  /** The file that it was read from; absent for the environment's own org, which stays while this process runs. */
  readonly file?: string;
}

/** The orgs as the environment and the files have them, and what is wrong with the rest. */
export interface OrgsRead {
  readonly orgs: readonly OrgConfig[];
  readonly faults: readonly string[];
  /** Returns true if an org's file is there, but gave no org for a fault: it is not removed. */
  readonly isUnread: (domain: string) => boolean;
}
