import * as openid from 'openid-client';
import type { OidcSettings } from '../oidcSettings';
import { ROLES, type Role } from './people';
import type { SignInFlow } from './signInFlows';

/** Time limit of each request to the provider, in seconds. */
const TIMEOUT_S = 10;

const MAX_NAME_LENGTH = 200;

/** A user whom a provider has signed in. */
export interface Identity {
  name: string;
  /** Undefined if no value of the claim gives one. */
  role: Role | undefined;
  /** Number of values of the claim; undefined if the provider did not send it. */
  values: number | undefined;
  /** Names the provider's session when it is ended. */
  idToken: string;
}

/** Someone could not be signed in. `message` is for people and contains nothing that was sent. */
export class OidcError extends Error {
  override readonly name = 'OidcError';

  /** @param code the provider's or the library's code of the error, for the log. */
  constructor(
    message: string,
    readonly status: 401 | 503,
    readonly code: string,
  ) {
    super(message);
  }
}

/**
 * Signs people in at an OpenID Connect provider by the authorization code flow with PKCE. The provider's metadata are
 * read when somebody first signs in, and again until that succeeds.
 */
export class OidcProvider {
  private discovered: Promise<openid.Configuration> | undefined;

  constructor(private readonly settings: OidcSettings) {}

  /** @throws OidcError if the provider is not available. */
  async authorizationUrl({ state, nonce, verifier }: SignInFlow): Promise<URL> {
    const { scopes, redirectUri } = this.settings;
    return openid.buildAuthorizationUrl(await this.configuration(), {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scopes,
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Exchanges the code in the provider's answer for tokens, and checks them.
   *
   * @param query the query with which the provider redirected to the console.
   * @throws OidcError
   */
  async identify(query: string, { state, nonce, verifier }: SignInFlow): Promise<Identity> {
    const configuration = await this.configuration();
    const url = new URL(`${this.settings.redirectUri}${query}`);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, url, {
        ...checks,
        idTokenExpected: true,
      });
      return await this.identity(configuration, tokens);
    } catch (error) {
      throw explained(error);
    }
  }

  /** Returns the URL that ends the provider's session, or undefined if it has none or is not available. */
  async signOutUrl(idToken: string): Promise<string | undefined> {
    const configuration = await this.configuration().catch(() => undefined);
    if (configuration?.serverMetadata().end_session_endpoint === undefined) return undefined;
    return openid.buildEndSessionUrl(configuration, { id_token_hint: idToken }).href;
  }

  private async identity(
    configuration: openid.Configuration,
    tokens: Awaited<ReturnType<typeof openid.authorizationCodeGrant>>,
  ): Promise<Identity> {
    const { rolesClaim, roles } = this.settings;
    const { id_token: idToken = '', access_token: accessToken } = tokens;
    const { sub, ...own } = tokens.claims() as openid.IDToken;
    let claims: Record<string, unknown> = { ...own, sub };
    // Okta, for one, may leave most claims out of ID tokens.
    const isComplete = claims[rolesClaim] !== undefined && nameIn(claims) !== undefined;
    if (!isComplete && configuration.serverMetadata().userinfo_endpoint !== undefined)
      claims = { ...(await openid.fetchUserInfo(configuration, accessToken, sub)), ...claims };
    const values = textsIn(claims[rolesClaim]);
    return {
      name: (nameIn(claims) ?? sub).slice(0, MAX_NAME_LENGTH),
      role: ROLES.findLast((role) => roles[role].some((value) => values?.includes(value))),
      values: values?.length,
      idToken,
    };
  }

  private configuration(): Promise<openid.Configuration> {
    this.discovered ??= this.discover().catch((error: unknown) => {
      this.discovered = undefined;
      throw unavailable(error);
    });
    return this.discovered;
  }

  private discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const secret = clientSecret.reveal();
    const methods = { basic: openid.ClientSecretBasic(secret), post: openid.ClientSecretPost(secret) };
    const authenticate: openid.ClientAuth = (server, ...rest) => {
      // Basic is what a provider supports that lists nothing.
      const supported = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      return methods[supported.includes('client_secret_basic') ? 'basic' : 'post'](server, ...rest);
    };
    const execute = [openid.enableNonRepudiationChecks];
    // The settings allow http on this machine only.
    // oxlint-disable-next-line typescript/no-deprecated -- not deprecated, but marked so that it is noticed
    if (issuer.protocol === 'http:') execute.push(openid.allowInsecureRequests);
    return openid.discovery(issuer, clientId, undefined, authenticate, { timeout: TIMEOUT_S, execute });
  }
}

/** An email that the provider does not call verified could be anyone's. */
function nameIn(claims: Record<string, unknown>): string | undefined {
  const { email, email_verified: isVerified, preferred_username: username } = claims;
  return [isVerified === true ? email : undefined, username].find(
    (name): name is string => typeof name === 'string' && name !== '',
  );
}

function textsIn(claim: unknown): string[] | undefined {
  if (claim === undefined || claim === null) return undefined;
  return [claim].flat().filter((value) => typeof value === 'string');
}

function unavailable(error: unknown): OidcError {
  return new OidcError(
    'The sign-in provider is not available, or its configuration does not match that of this console. Try again in a minute.',
    503,
    codeOf(error),
  );
}

function explained(error: unknown): OidcError {
  const code = codeOf(error);
  if (error instanceof openid.AuthorizationResponseError)
    return new OidcError('The sign-in provider did not sign you in.', 401, code);
  if (code === 'invalid_grant')
    return new OidcError('This sign-in has expired or was used before. Sign in again.', 401, code);
  if (code === 'invalid_client' || code === 'unauthorized_client')
    return new OidcError(
      "The sign-in provider does not accept this console's client ID or secret. An administrator has to correct CONSOLE_OIDC_CLIENT_ID and CONSOLE_OIDC_CLIENT_SECRET.",
      503,
      code,
    );
  if (error instanceof TypeError || UNAVAILABLE.has(code)) return unavailable(error);
  return new OidcError('The answer of the sign-in provider is not valid. Sign in again.', 401, code);
}

const UNAVAILABLE: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'server_error',
  'temporarily_unavailable',
]);

/** Returns a code without anything that was sent, such as `invalid_grant`, `OAUTH_TIMEOUT` or `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  if (error instanceof openid.ResponseBodyError || error instanceof openid.AuthorizationResponseError)
    return plain(error.error);
  if (error instanceof openid.WWWAuthenticateChallengeError)
    return plain(error.cause[0]?.parameters.error ?? 'invalid_client');
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return plain(String(code ?? cause?.code ?? (error as Error).name));
}

/** The provider, and whoever opens the callback, chooses what an error code is. */
function plain(code: string): string {
  return /^\w{1,60}$/.test(code) ? code : 'unknown';
}
