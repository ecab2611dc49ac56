import type { Config, OrgConfig } from '../config';
import { OktaApi, type OktaOrg } from './org';

/** A request named an org that this process has no credentials for. */
export class UnknownOrgError extends Error {
  override readonly name = 'UnknownOrgError';
}

/** The orgs that a worker may speak to. */
export interface OktaDirectory {
  /**
   * A request's domain only selects among the configured orgs, by exact match; it never forms a URL or a path.
   *
   * @throws UnknownOrgError for any other domain, or for none when several orgs are configured.
   */
  org(domain: string | undefined): OktaOrg;
}

export class ConfiguredOrgs implements OktaDirectory {
  private readonly orgs = new Map<string, OktaApi>();

  constructor(private readonly config: Config['okta']) {
    this.add(config.orgs);
  }

  org(domain: string | undefined): OktaOrg {
    const known = domain === undefined ? undefined : this.orgs.get(domain);
    if (known) return known;
    // A file may have been added since, also beside the only org that a request without a domain means.
    const { orgs, faults } = this.config.readOrgs();
    this.add(orgs);
    const [only] = this.orgs.values();
    const org = domain === undefined ? (this.orgs.size === 1 ? only : undefined) : this.orgs.get(domain);
    if (org) return org;
    const served = [...this.orgs.keys()].join(', ') || 'none yet';
    const unread = faults.length === 0 ? '' : ` What could not be read: ${faults.join('; ')}.`;
    throw new UnknownOrgError(
      domain === undefined
        ? `The request names no domain and several orgs are configured: ${served}.`
        : `The worker has no credentials for the domain that was asked for. It serves: ${served}.${unread}`,
    );
  }

  close(): void {
    for (const org of this.orgs.values()) org.close();
  }

  /** Those that are known stay as they are: they have limits to keep to, and read their credentials again by themselves. */
  private add(orgs: readonly OrgConfig[]): void {
    for (const org of orgs) {
      if (this.orgs.has(org.domain)) continue;
      const readAgain = () =>
        this.config.readOrgs().orgs.find(({ domain }) => domain === org.domain)?.credentials;
      this.orgs.set(org.domain, new OktaApi(org, this.config, readAgain));
    }
  }
}
