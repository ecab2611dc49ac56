import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

/** Algorithms listed in Okta's metadata. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** Maximum age of a proof. */
const MAX_AGE_S = 300;

/** Maximum difference between the clocks of client and server. */
const CLOCK_TOLERANCE_S = 5;

export interface ProvenRequest {
  readonly method: string;
  readonly url: URL;
  /** Current time in epoch milliseconds. */
  readonly nowMs: number;
  /** Access token of the request, which the proof must be bound to. */
  readonly accessToken?: string;
  readonly needsNonce: boolean;
}

/** Thrown for an invalid proof, with an error code from RFC 9449. */
export class ProofError extends Error {
  override readonly name = 'ProofError';

  constructor(readonly code: 'invalid_dpop_proof' | 'use_dpop_nonce') {
    super(code);
  }
}

/** Verifies the DPoP proofs (RFC 9449) of an endpoint. Each can be used once. */
export class ProofVerifier {
  private readonly seen = new Set<string>();
  private current = randomUUID();

  /** The nonce that proofs must contain. */
  get nonce(): string {
    return this.current;
  }

  /** Invalidates the nonce that clients have. */
  renewNonce(): void {
    this.current = randomUUID();
  }

  /**
   * @returns the thumbprint of the key that signed the proof.
   * @throws ProofError if the proof is invalid or needs a nonce.
   */
  async verify(proof: unknown, request: ProvenRequest): Promise<string> {
    const { payload, jwk } = await verified(proof, request.nowMs);
    const { jti, htm, htu, ath, nonce } = payload;
    const isOfRequest =
      htm === request.method &&
      htu === request.url.origin + request.url.pathname &&
      ath === (request.accessToken === undefined ? undefined : hashOf(request.accessToken));
    if (!isOfRequest || jti === undefined || this.seen.has(jti)) throw new ProofError('invalid_dpop_proof');
    this.seen.add(jti);
    if (request.needsNonce && nonce !== this.current) throw new ProofError('use_dpop_nonce');
    return calculateJwkThumbprint(jwk);
  }
}

async function verified(proof: unknown, nowMs: number) {
  try {
    const { payload, protectedHeader } = await jwtVerify(String(proof), EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ALGORITHMS,
      currentDate: new Date(nowMs),
      maxTokenAge: MAX_AGE_S,
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    return { payload, jwk: protectedHeader.jwk ?? {} };
  } catch {
    throw new ProofError('invalid_dpop_proof');
  }
}

function hashOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}
