import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Headers, Recovery, Scheme } from './scheme';
import { CODES } from '../../codes';
import type { AccessKind } from '../../contract';
import { unlessAborted } from '../../text/unlessAborted';
import { REPETITIONS } from '../answers';
import type { CallContext, Usage } from '../callContext';
import type { OktaCredentials } from '../../orgs/credentials';
import { DpopProofs } from './dpop';
import { fromTokenAnswer, oauthError, OktaError } from '../errors';
import type { Answer, OktaHttp } from '../http';
import { isObject } from '../../text/json';
import { backOffMs } from '../limits/pause';
import { readPrivateKey, type SigningKey } from '../../orgs/privateKey';

const TOKEN_PATH = '/oauth2/v1/token';

/** The scopes that every sync needs. `okta.groups.read` covers members and group rules. */
const SCOPES = 'okta.users.read okta.groups.read';

/** What apps and admin roles need in addition. */
const SCOPE_OF: Readonly<Partial<Record<AccessKind, string>>> = {
  apps: 'okta.apps.read',
  roles: 'okta.roles.read',
};

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Okta accepts at most one hour. */
const ASSERTION_LIFETIME_S = 300;

/** A new access token is requested this long before the old one expires, but not before half its lifetime. */
const RENEWED_BEFORE_S = 300;

/**
 * Minimum and maximum time that an access token is used, regardless of the stated lifetime, so that a bad response does
 * not cause a token request for each API call. Okta's org authorization server issues tokens for one hour, its custom
 * ones for 5 minutes to 24 hours (support.okta.com, "What is the lifetime of the JWT tokens"). One that ends sooner is
 * renewed when the API rejects it.
 */
const MIN_USE_S = 60;
const MAX_USE_S = 86_400;

/** The first attempt, one with a proof, and one with the nonce that Okta returns for a first proof. */
const TOKEN_ATTEMPTS = 3;

/**
 * For this fraction of a caller's next pause, a failed token request is shared with other callers. A pause takes at
 * least half of its nominal time (see `pause`), so a single caller still sends a request at each of its attempts.
 */
const SHARED_PART = 0.4;

/** A failed request for an access token. */
interface TokenFailure {
  error: OktaError;
  /** Consecutive failures, including this one. */
  nth: number;
  /** Callers get this failure, and no new request is sent, until this time on the clock of `performance.now()`. */
  sharedUntilMs: number;
}

export interface ServiceAppOptions {
  /** The base of the pauses between attempts at a request, milliseconds. */
  basePauseMs: number;
  /** What is read in addition to users, groups and memberships; determines the requested scopes. */
  access: readonly AccessKind[];
  /** True if the System Log is read too. */
  readsLog?: boolean;
}

interface AccessToken {
  value: string;
  type: 'Bearer' | 'DPoP';
  /** On the clock of `performance.now()`. */
  renewAtMs: number;
}

/**
 * An OAuth 2.0 service app: client credentials with a signed assertion (`private_key_jwt`), and DPoP if the app
 * requires it, which its first response shows.
 */
export class ServiceApp implements Scheme {
  private readonly signing: SigningKey;
  private proofs: DpopProofs | undefined;
  private token: AccessToken | undefined;
  /** The pending token request, shared by all waiting callers. */
  private pending: Promise<AccessToken> | undefined;
  private failure: TokenFailure | undefined;
  /** The scopes to request, and those to request instead, in this order, if Okta rejects them. */
  private readonly scopes: readonly string[];
  private readonly basePauseMs: number;

  constructor(
    private readonly app: Extract<OktaCredentials, { kind: 'app' }>,
    private readonly http: OktaHttp,
    { basePauseMs, access, readsLog = false }: ServiceAppOptions,
  ) {
    this.signing = readPrivateKey(app.privateKey.reveal());
    this.basePauseMs = basePauseMs;
    const log = readsLog ? ['okta.logs.read'] : [];
    this.scopes = scopesToTry([...access.flatMap((kind) => SCOPE_OF[kind] ?? []), ...log]);
  }

  async headers(url: string, context: CallContext): Promise<Headers> {
    const { value, type } = await this.accessToken(context);
    const Authorization = `${type} ${value}`;
    if (type === 'Bearer') return { Authorization };
    this.proofs ??= new DpopProofs();
    const request = { method: 'GET', url, endpoint: 'api', accessToken: value } as const;
    return { Authorization, DPoP: await this.proofs.proof(request) };
  }

  noteAnswer({ headers }: Answer): void {
    this.proofs?.storeNonce(headers, 'api');
  }

  /**
   * A nonce if the API requires one, otherwise a new access token, unless another request has obtained one meanwhile.
   */
  recovery(refused: Headers, { headers }: Answer): Recovery {
    if (String(headers['www-authenticate']).includes('use_dpop_nonce')) return 'nonce';
    if (this.token && refused['Authorization'] === `${this.token.type} ${this.token.value}`)
      this.token = undefined;
    return 'credentials';
  }

  private accessToken(context: CallContext): Promise<AccessToken> {
    if (this.token && performance.now() < this.token.renewAtMs) return Promise.resolve(this.token);
    if (this.failure && performance.now() < this.failure.sharedUntilMs)
      return Promise.reject(this.failure.error);
    this.pending ??= this.renewToken(context).finally(() => (this.pending = undefined));
    return unlessAborted(context.signal, this.pending);
  }

  /** Continues after the caller that started it is aborted: others wait for it too. */
  private async renewToken({ usage }: CallContext): Promise<AccessToken> {
    try {
      this.token = await this.requestToken(usage);
      this.failure = undefined;
      return this.token;
    } catch (error) {
      if (error instanceof OktaError) this.share(error);
      throw error;
    }
  }

  private share(error: OktaError): void {
    const nth = (this.failure?.nth ?? 0) + 1;
    const sharedUntilMs = performance.now() + sharedForMs(error, nth, this.basePauseMs);
    this.failure = { error, nth, sharedUntilMs };
  }

  /**
   * Requests an access token. Okta can reject the whole request because a single scope is not granted; smaller sets are
   * then requested, so that the other kinds can be read. The next token has a scope that was granted meanwhile.
   */
  private async requestToken(usage: Usage): Promise<AccessToken> {
    const [...scopes] = this.scopes;
    for (let attempt = 1; ; attempt += 1) {
      usage.requests.other += 1;
      const form = await this.form(scopes[0] ?? SCOPES);
      const answer = await this.http.post(TOKEN_PATH, form, await this.proofOfPossession());
      const reason = answer.status === 200 ? undefined : oauthError(answer.body.toString());
      const asksForProof = reason === 'invalid_dpop_proof' || reason === 'use_dpop_nonce';
      if (asksForProof) this.proofs ??= new DpopProofs();
      this.proofs?.storeNonce(answer.headers, 'token');
      if (answer.status === 200) return readToken(answer);
      if (reason === 'invalid_scope' && scopes.length > 1) {
        scopes.shift();
        attempt = 0;
        continue;
      }
      if (!asksForProof || attempt === TOKEN_ATTEMPTS)
        throw fromTokenAnswer(answer.status, answer.body.toString());
    }
  }

  private async form(scope: string): Promise<URLSearchParams> {
    const { algorithm, key, id } = this.signing;
    const { clientId } = this.app;
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: algorithm, ...(id === undefined ? {} : { kid: id }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(this.http.origin + TOKEN_PATH)
      .setExpirationTime(Math.floor(Date.now() / 1000) + ASSERTION_LIFETIME_S)
      .setJti(randomUUID())
      .sign(key);
    return new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
    });
  }

  private async proofOfPossession(): Promise<Headers> {
    if (!this.proofs) return {};
    const request = { method: 'POST', url: this.http.origin + TOKEN_PATH, endpoint: 'token' } as const;
    return { DPoP: await this.proofs.proof(request) };
  }
}

/** Returns all sets of scopes, the largest first: those in which any of the additional ones are left out. */
function scopesToTry(additional: readonly string[]): string[] {
  const sets = additional.reduce<string[][]>(
    (found, scope) => found.flatMap((set) => [[...set, scope], set]),
    [[]],
  );
  return sets.sort((a, b) => b.length - a.length).map((added) => [SCOPES, ...added].join(' '));
}

/**
 * Returns how long a failure is shared, in milliseconds; doubled for each consecutive one. A failure that ends the run
 * is shared no longer than a caller's last pause (2 s by default): the next run tries corrected credentials.
 */
function sharedForMs({ repeat, retryable }: OktaError, nth: number, basePauseMs: number): number {
  const { pauses } = REPETITIONS[repeat];
  const [first = 1, last = first] = [pauses[0], pauses.at(-1)];
  const unitMs = SHARED_PART * basePauseMs;
  // The first back-off is twice its base pause.
  const growing = backOffMs(nth, (first * unitMs) / 2);
  return retryable ? growing : Math.min(growing, last * unitMs);
}

function readToken({ body }: Answer): AccessToken {
  const answer = parsed(body.toString());
  const { access_token: value, token_type: type, expires_in: stated } = isObject(answer) ? answer : {};
  const lifetimeS = typeof stated === 'string' && /^\d+$/.test(stated) ? Number(stated) : stated;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || typeof lifetimeS !== 'number') {
    const fact = `The response to POST ${TOKEN_PATH} is not a valid Okta response.`;
    throw new OktaError('OKTA_UNREACHABLE', fact, { advice: CODES.OKTA_UNREADABLE_ANSWER.advice });
  }
  const usedForS = lifetimeS - Math.min(RENEWED_BEFORE_S, lifetimeS / 2);
  return {
    value,
    type: /^dpop$/i.test(String(type)) ? 'DPoP' : 'Bearer',
    renewAtMs: performance.now() + Math.min(MAX_USE_S, Math.max(MIN_USE_S, usedForS)) * 1000,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
