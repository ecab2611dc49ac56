import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

/** Those that Okta's metadata names. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** How old a proof may be. */
const LONGEST_AGE_S = 300;

/** Seconds that the clocks of both sides may differ. */
const CLOCK_TOLERANCE_S = 5;

export interface ProvenRequest {
  readonly method: string;
  readonly url: URL;
  /** The clock that proofs are dated by, epoch milliseconds. */
  readonly nowMs: number;
  /** What the proof must be bound to, where the request has one. */
  readonly accessToken?: string;
  readonly needsNonce: boolean;
}

/** What is wrong with a proof, as RFC 9449 names it. */
export class ProofError extends Error {
  override readonly name = 'ProofError';

  constructor(readonly code: 'invalid_dpop_proof' | 'use_dpop_nonce') {
    super(code);
  }
}

/** Verifies DPoP proofs (RFC 9449) of one endpoint: each is good for one request. */
export class ProofVerifier {
  private readonly seen = new Set<string>();
  private current = randomUUID();

  /** The nonce that proofs must carry. */
  get nonce(): string {
    return this.current;
  }

  /** Makes the nonce that clients hold a stale one. */
  renewNonce(): void {
    this.current = randomUUID();
  }

  /**
   * @returns the thumbprint of the key that the proof was signed with.
   * @throws ProofError.
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
      maxTokenAge: LONGEST_AGE_S,
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
