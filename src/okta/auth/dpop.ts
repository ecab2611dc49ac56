import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT, type JWK } from 'jose';

/** An answer may name the nonce that the next proof is to carry. */
const NONCE_HEADER = 'dpop-nonce';

/**
 * Proofs of possession (RFC 9449). An access token is bound to a key that is made here and never leaves this
 * process, so a token that leaks is of no use elsewhere.
 */
export class DpopProofs {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly jwk = this.keys.publicKey.export({ format: 'jwk' }) as JWK;
  /** The newest nonce of the token endpoint and of the API, which issue them apart. */
  private readonly nonces = new Map<Endpoint, string>();

  /** A proof for one request; each request needs one of its own. `url` goes in without its query. */
  proof({ method, url, endpoint, accessToken }: ProofRequest): Promise<string> {
    const { origin, pathname } = new URL(url);
    const nonce = this.nonces.get(endpoint);
    return new SignJWT({
      htm: method,
      htu: origin + pathname,
      ...(nonce === undefined ? {} : { nonce }),
      ...(accessToken === undefined ? {} : { ath: hashOf(accessToken) }),
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.jwk })
      .setIssuedAt()
      .setJti(randomUUID())
      .sign(this.keys.privateKey);
  }

  /** Keeps the nonce that an answer names, if it does. */
  storeNonce(headers: Readonly<Record<string, unknown>>, endpoint: Endpoint): void {
    const nonce = headers[NONCE_HEADER];
    if (typeof nonce === 'string') this.nonces.set(endpoint, nonce);
  }
}

type Endpoint = 'token' | 'api';

interface ProofRequest {
  method: 'GET' | 'POST';
  url: string;
  endpoint: Endpoint;
  /** What a call of the API is authorized with. */
  accessToken?: string;
}

function hashOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}
