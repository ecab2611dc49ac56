import type { Config } from '../config';
import { UsageError } from '../text/usageError';

/** The domain that `--domain` names, or the only one configured. @throws UsageError that lists what is configured. */
export function selectDomain(config: Config, requested?: string): string {
  const domains = selectDomains(config, requested);
  const [domain] = domains;
  if (domain === undefined)
    throw new UsageError('No org is configured yet; add an integration in the console');
  if (domains.length > 1) {
    throw new UsageError(`Several orgs are configured; name one with --domain: ${domains.join(', ')}`);
  }
  return domain;
}

/** The domain that `--domain` names, or all that are configured. @throws UsageError that lists what is configured. */
export function selectDomains(config: Config, requested?: string): string[] {
  const domains = config.okta.orgs.map(({ domain }) => domain);
  if (requested === undefined) return domains;
  if (domains.includes(requested)) return [requested];
  throw new UsageError(`${requested} is not configured; the configuration has ${domains.join(', ')}`);
}
