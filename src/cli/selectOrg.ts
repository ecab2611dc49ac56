import type { Config } from '../config';
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
