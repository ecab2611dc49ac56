import type { Config } from '../config';
import { noUsage } from './callContext';
import { OktaError } from './errors';
import { OktaApi } from './org';

const TIMEOUT_MS = 120_000;

/**
 * Asks a configured org for a user.
 *
 * @returns true if Okta has it, false if Okta confirms that it does not exist (404 E0000007).
 * @throws OktaError for any other response.
 */
export async function hasUser(
  { okta }: Config,
  domain: string,
  id: string,
  timeoutMs = TIMEOUT_MS,
): Promise<boolean> {
  const config = okta.orgs.find((org) => org.domain === domain);
  if (!config) throw new OktaError('OKTA_NOT_AN_ORG', `No org ${domain} is configured.`);
  const org = new OktaApi(config, okta, () => config.credentials);
  const context = { signal: AbortSignal.timeout(timeoutMs), beat: () => undefined, usage: noUsage() };
  try {
    return (await org.user(id, context)) !== undefined;
  } catch (error) {
    if (error !== context.signal.reason) throw error;
    throw new OktaError('OKTA_TIMEOUT', `Okta did not respond within ${timeoutMs / 1000} s.`);
  } finally {
    org.close();
  }
}
