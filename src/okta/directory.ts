import type { OrgConfig, OrgsRead } from '../orgs/org';
import { CodedError } from '../faults/fault';
import type { Config } from '../config';
import { OktaApi, type OktaOrg } from './org';

/** The orgs that a worker may connect to. */
export interface OktaDirectory {
  /**
   * Returns the org with its current configuration; call it once per activity, since it reads the files. A request's
   * domain only selects one of the configured orgs, by exact match; it never becomes part of a URL or path.
   *
   * @throws CodedError `UNKNOWN_ORG` for any other domain, including one that was removed, or for none if several orgs
   * are configured; a retryable one if its file has become invalid since it was last read.
   */
  org(domain: string | undefined): OktaOrg;
}

/** An org with its limits and connections, which are kept when its credentials change. */
interface KnownOrg {
  api: OktaApi;
  /** True if it is configured by the environment: it stays while this process runs. */
  isFixed: boolean;
}

export class ConfiguredOrgs implements OktaDirectory {
  private readonly known = new Map<string, KnownOrg>();

  constructor(private readonly config: Config['okta']) {
    for (const org of config.orgs) this.add(org);
  }

  org(domain: string | undefined): OktaOrg {
    const fixed = domain === undefined ? undefined : this.known.get(domain);
    if (fixed?.isFixed) return fixed.api;
    const read = this.config.readOrgs();
    this.follow(read);
    const [only] = this.known.size === 1 ? this.known.keys() : [];
    const name = domain ?? only;
    const org = name === undefined ? undefined : this.known.get(name);
    const unread = read.faults.length === 0 ? '' : ` These could not be read: ${someOf(read.faults, '; ')}.`;
    if (org && !org.isFixed && read.isUnread(org.api.domain)) {
      // Its file may be partially written.
      const fact = `The credentials of ${org.api.domain} can no longer be read.${unread}`;
      const advice = `Check ${this.config.credentialsDirectory}/${org.api.domain}.json.`;
      throw new CodedError('UNKNOWN_ORG', fact, { advice, retryable: true });
    }
    if (org) return org.api;
    const served = someOf([...this.known.keys()], ', ') || 'none yet';
    throw new CodedError(
      'UNKNOWN_ORG',
      domain === undefined && this.known.size > 0
        ? `The request has no domain and several orgs are configured: ${served}.`
        : `The worker has no credentials for ${domain === undefined ? 'any org' : 'the requested domain'}. It serves: ${served}.${unread}`,
    );
  }

  close(): void {
    for (const { api } of this.known.values()) api.close();
  }

  /** Applies added, changed and removed orgs. A request that was already sent may finish. */
  private follow({ orgs, isUnread }: OrgsRead): void {
    for (const org of orgs) {
      const known = this.known.get(org.domain);
      if (!known) this.add(org);
      else if (!known.isFixed) known.api.use(org.credentials);
    }
    const configured = new Set(orgs.map(({ domain }) => domain));
    for (const [domain, { api, isFixed }] of this.known) {
      if (isFixed || configured.has(domain) || isUnread(domain)) continue;
      this.known.delete(domain);
      api.retire();
    }
  }

  private add(org: OrgConfig): void {
    const readAgain = () =>
      this.config.readOrgs().orgs.find(({ domain }) => domain === org.domain)?.credentials;
    const api = new OktaApi(org, this.config, readAgain);
    this.known.set(org.domain, { api, isFixed: org.file === undefined });
  }
}

/** Maximum number of items that a message lists. */
const MAX_NAMED = 10;

function someOf(texts: readonly string[], separator: string): string {
  const named = texts.slice(0, MAX_NAMED).join(separator);
  return texts.length <= MAX_NAMED ? named : `${named}${separator}and ${texts.length - MAX_NAMED} more`;
}
