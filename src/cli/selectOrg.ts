import type { Config } from '../config';
import type { GraphDatabase } from '../graph/database';
import { orgsIn } from '../graph/read/orgs';
import { UsageError } from '../text/usageError';

/** Returns the domain given by `--domain`, or the only configured one. @throws UsageError that lists the configured domains. */
export function selectDomain(config: Config, requested?: string): string {
  const domains = selectDomains(config, requested);
  const [domain] = domains;
  if (domain === undefined)
    throw new UsageError('No org is configured yet; add an integration in the console');
  if (domains.length > 1) {
    throw new UsageError(`Several orgs are configured; choose one with --domain: ${domains.join(', ')}`);
  }
  return domain;
}

/** Returns the domain given by `--domain`, or all configured ones. @throws UsageError that lists the configured domains. */
export function selectDomains(config: Config, requested?: string): string[] {
  const domains = config.okta.orgs.map(({ domain }) => domain);
  if (requested === undefined) return domains;
  if (domains.includes(requested)) return [requested];
  throw new UsageError(`${requested} is not configured; the configuration has ${domains.join(', ')}`);
}

/**
 * Returns the domain to read from the graph, for which no credentials are needed: the one given by `--domain`, or the
 * only one that is configured, or the only one in the graph.
 *
 * @throws UsageError that lists the domains in the graph.
 */
export async function domainToRead(db: GraphDatabase, config: Config, requested?: string): Promise<string> {
  const [domain, ...others] = await domainsToRead(db, config, requested);
  if (domain === undefined) throw new UsageError('The graph has no org yet, and none is configured');
  if (others.length === 0) return domain;
  throw new UsageError(`There are several orgs; choose one with --domain: ${[domain, ...others].join(', ')}`);
}

/** Same as {@link domainToRead}, for any number of orgs. */
export async function domainsToRead(
  db: GraphDatabase,
  config: Config,
  requested?: string,
): Promise<readonly string[]> {
  const configured = config.okta.orgs.map(({ domain }) => domain);
  if (requested === undefined) return configured.length > 0 ? configured : orgsIn(db);
  if (configured.includes(requested)) return [requested];
  const inGraph = await orgsIn(db);
  if (inGraph.includes(requested)) return [requested];
  const known = [...new Set([...configured, ...inGraph])].join(', ') || 'no org';
  throw new UsageError(`${requested} is neither configured nor in the graph; there is ${known}`);
}
