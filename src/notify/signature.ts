import { createHmac } from 'node:crypto';
import { keyBytes } from '../config/notify';
import type { Secret } from '../orgs/secret';

/**
 * Returns the headers of the Standard Webhooks specification (https://www.standardwebhooks.com): the id is the same for
 * each attempt, the time is that of the attempt, and both are signed with the body.
 */
export function signatureHeaders(
  { id, body }: { id: string; body: string },
  secret: Secret | undefined,
  now = new Date(),
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (!secret) return headers;
  const key = keyBytes(secret.reveal()) ?? '';
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
