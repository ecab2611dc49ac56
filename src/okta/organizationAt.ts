import type { Config } from '../config';
import { Secret } from '../orgs/secret';
import { noUsage } from './callContext';
import { parseOktaDomain } from '../orgs/domain';
import { OktaError } from './errors';
import { OktaApi } from './org';

const TIMEOUT_MS = 60_000;

/** Okta returns an org's id without credentials. */
const NO_CREDENTIALS = { kind: 'token', token: new Secret('') } as const;

/**
 * Returns the org at a domain.
 *
 * @param timeoutMs for all attempts together.
 * @throws OktaError if there is none, Error if the text is not an Okta domain.
 */
export async function organizationAt(
  text: string,
  { okta }: Config,
  timeoutMs = TIMEOUT_MS,
): Promise<{ domain: string; id: string }> {
  const address = parseOktaDomain(text);
  const org = new OktaApi({ ...address, credentials: NO_CREDENTIALS }, okta, () => undefined);
  const context = { signal: AbortSignal.timeout(timeoutMs), beat: () => undefined, usage: noUsage() };
  try {
    return { domain: address.domain, id: await org.organizationId(context) };
  } catch (error) {
    if (error !== context.signal.reason) throw error;
    throw new OktaError('OKTA_TIMEOUT', `No response within ${timeoutMs / 1000} s.`);
  } finally {
    org.close();
  }
}
