import type { OrgConfig, OrgsRead } from '../orgs/org';
import { CodedError } from '../faults/fault';
import type { Config } from '../config';
import { OktaApi, type OktaOrg } from './org';

/** The orgs that a worker may speak to. */
export interface OktaDirectory {
  /**
   * The org as it is configured now; to be asked for once an activity, since it reads the files. A request's domain only
   * selects among the configured orgs, by exact match; it never forms a URL or a path.
   *
   * @throws CodedError `UNKNOWN_ORG` for any other domain, also for one that was removed, or for none when several orgs are
   * configured; a retryable one when its file has a fault since it was last read.
   */
  org(domain: string | undefined): OktaOrg;
}

/** An org with its limits and connections, which outlast a change of its credentials. */
interface KnownOrg {
  api: OktaApi;
  /** Of the environment: there while this process runs. */
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
    const unread = read.faults.length === 0 ? '' : ` What could not be read: ${someOf(read.faults, '; ')}.`;
    if (org && !org.isFixed && read.isUnread(org.api.domain)) {
      // Its file may be half written.
      const fact = `The credentials of ${org.api.domain} can no longer be read.${unread}`;
      throw new CodedError('UNKNOWN_ORG', fact, { advice: 'Check its file.', retryable: true });
    }
    if (org) return org.api;
    const served = someOf([...this.known.keys()], ', ') || 'none yet';
    throw new CodedError(
      'UNKNOWN_ORG',
      domain === undefined && this.known.size > 0
        ? `The request names no domain and several orgs are configured: ${served}.`
        : `The worker has no credentials for ${domain === undefined ? 'any org' : 'the domain that was asked for'}. It serves: ${served}.${unread}`,
    );
  }

  close(): void {
    for (const { api } of this.known.values()) api.close();
  }

  /** Takes in what was added, changed and removed. A request that is sent already may end. */
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

/** What a message names of a list. */
const MAX_NAMED = 10;

function someOf(texts: readonly string[], separator: string): string {
  const named = texts.slice(0, MAX_NAMED).join(separator);
  return texts.length <= MAX_NAMED ? named : `${named}${separator}and ${texts.length - MAX_NAMED} more`;
}
