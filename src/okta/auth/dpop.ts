import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT, type JWK } from 'jose';

/** A response may provide the nonce for the next proof in this header. */
const NONCE_HEADER = 'dpop-nonce';

/**
 * Creates proofs of possession (DPoP, RFC 9449). An access token is bound to a key that is generated here and never
 * leaves this process, so a leaked token is useless elsewhere.
 */
export class DpopProofs {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly jwk = this.keys.publicKey.export({ format: 'jwk' }) as JWK;
  /** The latest nonces of the token endpoint and of the API, which issue them separately. */
  private readonly nonces = new Map<Endpoint, string>();

  /** Returns a proof for one request; each request needs its own. `url` is included without its query. */
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

  /** Stores a response's nonce, if there is one. */
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
  /** The access token that the request is authorized with; absent for the token endpoint. */
  accessToken?: string;
}

function hashOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}
