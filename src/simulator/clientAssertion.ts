import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { ALGORITHMS } from './dpopProof';

/** A service app, as configured in the Admin Console. */
export interface ServiceApp {
  readonly clientId: string;
  /** PEM, or a JWK as an object or JSON. */
  readonly publicKey: string | JsonWebKey;
}

/** Maximum lifetime of an assertion, as in Okta. */
const MAX_LIFETIME_S = 3600;

/** Verifies client assertions (`private_key_jwt`, RFC 7523). Each can be used once. */
export class AssertionVerifier {
  private readonly seen = new Set<string>();

  /** Returns true if the assertion was signed by the app for this token endpoint and was not used before. */
  async accepts(assertion: string, app: ServiceApp, audience: string, nowMs: number): Promise<boolean> {
    try {
      const { payload } = await jwtVerify(assertion, publicKeyOf(app), {
        issuer: app.clientId,
        subject: app.clientId,
        audience,
        algorithms: ALGORITHMS,
        currentDate: new Date(nowMs),
        requiredClaims: ['exp', 'jti'],
      });
      const { exp = Infinity, jti = '' } = payload;
      if (exp - nowMs / 1000 > MAX_LIFETIME_S || this.seen.has(jti)) return false;
      this.seen.add(jti);
      return true;
    } catch {
      return false;
    }
  }
}

function publicKeyOf({ publicKey }: ServiceApp): KeyObject {
  if (typeof publicKey !== 'string') return createPublicKey({ key: publicKey, format: 'jwk' });
  const isJwk = publicKey.trimStart().startsWith('{');
  return isJwk
    ? createPublicKey({ key: JSON.parse(publicKey) as JsonWebKey, format: 'jwk' })
    : createPublicKey(publicKey);
}
