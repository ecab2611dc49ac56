import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Answer, errorAnswer, jsonAnswer } from './answer';
import { AssertionVerifier, type ServiceApp } from './clientAssertion';
import { ProofError, ProofVerifier } from './dpopProof';
import { invalidToken } from './errors';
import type { Route, RouteKind } from './routes';
import type { Settings } from './settings';

/** An issued access token. */
interface Issued {
  readonly expiresAtMs: number;
  readonly scopes: readonly string[];
  /** Thumbprint of the key that the token is bound to. */
  readonly boundTo?: string;
}

/** Required scopes, from Okta's documentation. Members need the scope of groups. */
const SCOPE_OF: Readonly<Partial<Record<RouteKind, string>>> = {
  users: 'okta.users.read',
  user: 'okta.users.read',
  groups: 'okta.groups.read',
  group: 'okta.groups.read',
  members: 'okta.groups.read',
  groupApps: 'okta.groups.read',
  rules: 'okta.groups.read',
  rule: 'okta.groups.read',
  apps: 'okta.apps.read',
  app: 'okta.apps.read',
  appUsers: 'okta.apps.read',
  appGroups: 'okta.apps.read',
  assignees: 'okta.roles.read',
  userRoles: 'okta.roles.read',
  groupRoles: 'okta.roles.read',
  logs: 'okta.logs.read',
};

/** Accepted credentials: the API token, and access tokens issued to the service app. */
export class Credentials {
  private readonly issued = new Map<string, Issued>();
  private readonly assertions = new AssertionVerifier();
  private readonly proofs = { token: new ProofVerifier(), api: new ProofVerifier() };

  /** The token and the app can be replaced at any time. */
  constructor(
    public token: string,
    public app: ServiceApp | undefined,
    private readonly settings: Settings,
    private readonly nowMs: () => number,
  ) {}

  /** Access tokens that were issued and not revoked. */
  get accessTokens(): string[] {
    return [...this.issued.keys()];
  }

  /** Revokes all access tokens. */
  revokeAccessTokens(): void {
    this.issued.clear();
  }

  /** Invalidates the nonces that clients have. */
  renewNonces(): void {
    for (const verifier of Object.values(this.proofs)) verifier.renewNonce();
  }

  hasApiToken({ headers }: IncomingMessage): boolean {
    return headers.authorization === `SSWS ${this.token}`;
  }

  /** Returns the error response to an unauthorized call, or undefined. */
  async refusal(request: IncomingMessage, url: URL, { kind }: Route): Promise<Answer | undefined> {
    const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' && scheme !== 'DPoP')
      return this.hasApiToken(request) ? undefined : errorAnswer(invalidToken());
    const issued = this.issued.get(value);
    if (!issued || this.nowMs() >= issued.expiresAtMs) return challenge(scheme, 'invalid_token');
    if ((issued.boundTo === undefined) !== (scheme === 'Bearer')) return challenge(scheme, 'invalid_token');
    const refused = await this.proofRefusal(request, url, value, issued.boundTo);
    if (refused) return refused;
    const scope = SCOPE_OF[kind];
    if (scope === undefined || issued.scopes.includes(scope)) return undefined;
    return challenge(scheme, 'insufficient_scope', scope);
  }

  /** Handles `POST /oauth2/v1/token`. */
  async issue(request: IncomingMessage, url: URL): Promise<Answer> {
    const form = new URLSearchParams(await text(request));
    if (request.method !== 'POST' || form.get('grant_type') !== 'client_credentials')
      return oauthError('unsupported_grant_type');
    const assertion = form.get('client_assertion') ?? '';
    const audience = url.origin + url.pathname;
    if (!this.app || !(await this.assertions.accepts(assertion, this.app, audience, this.nowMs())))
      return oauthError('invalid_client', 401);
    const { scopes, refusesUngranted, requiresDpop, tokenLifetimeS } = this.settings.oauth;
    try {
      const boundTo = requiresDpop
        ? await this.prove('token', request, url, { needsNonce: true })
        : undefined;
      // Unless configured otherwise, scopes that are not granted are left out, and only if none is left is it an error.
      const requested = (form.get('scope') ?? '').split(' ');
      const granted = requested.filter((scope) => scopes.includes(scope));
      if (refusesUngranted && granted.length < requested.length) return oauthError('invalid_scope');
      if (granted.length === 0) return oauthError('consent_required');
      const value = randomBytes(32).toString('base64url');
      const expiresAtMs = this.nowMs() + tokenLifetimeS * 1000;
      this.issued.set(value, { expiresAtMs, scopes: granted, ...(boundTo !== undefined && { boundTo }) });
      return jsonAnswer({
        token_type: boundTo === undefined ? 'Bearer' : 'DPoP',
        expires_in: tokenLifetimeS,
        access_token: value,
        scope: granted.join(' '),
      });
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      return oauthError(error.code, 400, this.nonceFor(error, 'token'));
    }
  }

  private async proofRefusal(
    request: IncomingMessage,
    url: URL,
    accessToken: string,
    boundTo: string | undefined,
  ): Promise<Answer | undefined> {
    if (boundTo === undefined) return undefined;
    try {
      const needsNonce = this.settings.oauth.apiNonces;
      const key = await this.prove('api', request, url, { needsNonce, accessToken });
      return key === boundTo ? undefined : challenge('DPoP', 'invalid_token');
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      const { status, headers, body } = challenge('DPoP', error.code);
      return { status, headers: { ...headers, ...this.nonceFor(error, 'api') }, body };
    }
  }

  private nonceFor({ code }: ProofError, endpoint: 'token' | 'api'): Answer['headers'] {
    return code === 'use_dpop_nonce' ? { 'DPoP-Nonce': this.proofs[endpoint].nonce } : {};
  }

  private prove(
    endpoint: 'token' | 'api',
    { headers, method = '' }: IncomingMessage,
    url: URL,
    options: { needsNonce: boolean; accessToken?: string },
  ): Promise<string> {
    const proof = headers['dpop'];
    return this.proofs[endpoint].verify(proof, { method, url, nowMs: this.nowMs(), ...options });
  }
}

/** The API's response to an invalid access token: no body, and the reason in a header. */
function challenge(scheme: string, error: string, scope?: string): Answer {
  const parameters = [`error="${error}"`, ...(scope === undefined ? [] : [`scope="${scope}"`])];
  return {
    status: error === 'insufficient_scope' ? 403 : 401,
    headers: { 'WWW-Authenticate': `${scheme} ${parameters.join(', ')}` },
    body: Buffer.alloc(0),
  };
}

function oauthError(error: string, status = 400, headers: Answer['headers'] = {}): Answer {
  return jsonAnswer({ error, error_description: `Simulated error: ${error}.` }, status, headers);
}
