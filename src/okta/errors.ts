/**
 * The one door from what goes wrong with Okta to an error of ours. Nothing of a request or a response is kept
 * on an {@link OktaError}: an AxiosError that left this folder would print the token in the worker's log.
 */

export type OktaErrorCode =
  | 'OKTA_UNAUTHORIZED'
  | 'OKTA_FORBIDDEN'
  | 'OKTA_NOT_FOUND'
  | 'OKTA_BAD_REQUEST'
  | 'OKTA_CURSOR_EXPIRED'
  | 'OKTA_RATE_LIMITED'
  | 'OKTA_SERVER_ERROR'
  | 'OKTA_TIMEOUT'
  | 'OKTA_UNREACHABLE'
  | 'OKTA_UNTRUSTED'
  | 'OKTA_UNREADABLE_ANSWER'
  | 'OKTA_ANSWER_TOO_LARGE'
  | 'OKTA_FOREIGN_LINK'
  | 'OKTA_REPEATED_LINK'
  | 'OKTA_NOT_AN_ORG';

interface OktaErrorOptions {
  /** Whether the same call may succeed later. */
  retryable?: boolean;
  /** When it may, milliseconds from now. */
  retryAfterMs?: number;
}

/** A failed exchange with Okta: a stable code and a message that is safe to log and to keep. */
export class OktaError extends Error {
  override readonly name = 'OktaError';
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: OktaErrorCode,
    message: string,
    { retryable = false, retryAfterMs }: OktaErrorOptions = {},
  ) {
    super(message);
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What an error says of itself where its class cannot be trusted: axios, Node's sockets, TLS. */
interface ErrorLike {
  code?: unknown;
}

/**
 * For a call that got no whole answer. Takes only the error's code, never its message, config or response.
 */
export function fromTransportError(error: unknown, call: string, origin: string): OktaError {
  const reason = String((error as ErrorLike | null)?.code ?? 'unknown');
  const { host } = new URL(origin);
  if (reason === 'ENOTFOUND') {
    return new OktaError('OKTA_UNREACHABLE', `The host ${host} does not exist (DNS). Check OKTA_DOMAIN.`);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|ERR_TLS|EPROTO/.test(reason)) {
    const message = `${host} has no certificate that this machine trusts (${reason}). Check OKTA_DOMAIN, or a proxy that intercepts TLS: NODE_EXTRA_CA_CERTS names its authority.`;
    return new OktaError('OKTA_UNTRUSTED', message);
  }
  if (reason === 'ERR_BAD_RESPONSE' || reason === 'ERR_FR_MAX_BODY_LENGTH_EXCEEDED') {
    return new OktaError('OKTA_ANSWER_TOO_LARGE', `The answer to ${call} was cut short or is too large.`, {
      retryable: true,
    });
  }
  const message = `${host} could not be reached for ${call} (${reason}). Check the network, a proxy and https://status.okta.com.`;
  return new OktaError('OKTA_UNREACHABLE', message, { retryable: true });
}

/** What the advice about a refusal rests on. */
export interface Refused {
  /** What the request was sent with. */
  credentials: 'token' | 'app';
  /** The scope that the access token lacks, as Okta names it; absent where it is not about a scope. */
  missingScope?: string;
}

/** For an answer that is not a 2xx. `body` may be anything: HTML, empty, cut. */
export function fromAnswer(
  status: number,
  body: string,
  call: string,
  hasCursor: boolean,
  refused: Refused = { credentials: 'token' },
): OktaError {
  const answered = `Okta answered ${status}${oktaReason(body)} to ${call}.`;
  if (status === 401)
    return new OktaError('OKTA_UNAUTHORIZED', `${answered} ${UNAUTHORIZED[refused.credentials]}`);
  if (status === 403) return new OktaError('OKTA_FORBIDDEN', `${answered} ${adviceOnRights(refused)}`);
  if (status === 404) return new OktaError('OKTA_NOT_FOUND', answered);
  if (status === 400 && hasCursor) return new OktaError('OKTA_CURSOR_EXPIRED', answered);
  if (status === 429) return new OktaError('OKTA_RATE_LIMITED', answered, { retryable: true });
  if (status >= 500) return new OktaError('OKTA_SERVER_ERROR', answered, { retryable: true });
  if (status >= 300 && status < 400) {
    return new OktaError(
      'OKTA_NOT_AN_ORG',
      `${answered} A redirect is not followed, the token would travel with it. Check OKTA_DOMAIN.`,
    );
  }
  return new OktaError('OKTA_BAD_REQUEST', answered);
}

const UNAUTHORIZED: Readonly<Record<Refused['credentials'], string>> = {
  token:
    'The API token is wrong, revoked, or expired (30 days without use). Make a new one in Okta under Security > API > Tokens and set OKTA_API_TOKEN.',
  app: 'The access token of the service app is refused, and so is a new one. Check in Okta that the app is active, and the clock of this machine.',
};

function adviceOnRights({ credentials, missingScope }: Refused): string {
  if (missingScope !== undefined)
    return `The service app lacks the scope ${missingScope}. Grant it in Okta under Applications > the app > Okta API Scopes.`;
  if (credentials === 'app')
    return "The service app's admin role does not allow this. Give it the role Read-only Administrator under Applications > the app > Admin roles.";
  return "The token's admin may not read this. Make the token as a Read-only Administrator.";
}

/** The scope that a 403 says is missing, from its `WWW-Authenticate`. */
export function missingScopeOf(wwwAuthenticate: unknown): string | undefined {
  const header = typeof wwwAuthenticate === 'string' ? wwwAuthenticate : '';
  if (!header.includes('error="insufficient_scope"')) return undefined;
  return /\bscope="(okta\.[A-Za-z.]{1,100})"/.exec(header)?.[1];
}

/** For an answer of the token endpoint that is not a 200. Never of a kind that a smaller page, or another group, would mend. */
export function fromTokenAnswer(status: number, body: string): OktaError {
  const call = 'POST /oauth2/v1/token';
  if (status === 429 || status < 400) return fromAnswer(status, body, call, false);
  const reason = oauthError(body);
  const answered = `Okta answered ${status}${reason === undefined ? '' : ` ${reason}`} to ${call}.`;
  if (status >= 500) {
    const message = `${answered} Without an access token nothing can be read. See https://status.okta.com.`;
    return new OktaError('OKTA_UNREACHABLE', message, { retryable: true });
  }
  const known = TOKEN_REFUSALS.find(([reasons]) => reason !== undefined && reasons.includes(reason));
  const [, code, advice]: TokenRefusal = known ?? [
    [],
    'OKTA_UNAUTHORIZED',
    'Check OKTA_DOMAIN and OKTA_CLIENT_ID.',
  ];
  return new OktaError(code, `${answered} ${advice}`);
}

type TokenRefusal = readonly [reasons: readonly string[], code: OktaErrorCode, advice: string];

const TOKEN_REFUSALS: readonly TokenRefusal[] = [
  [
    ['invalid_client'],
    'OKTA_UNAUTHORIZED',
    'The client id is wrong, its app is not active, or the private key is not of one of its public keys. Check OKTA_CLIENT_ID, and in Okta the public keys under Applications > the app > General. The clock of this machine counts too.',
  ],
  [
    ['unauthorized_client', 'unsupported_grant_type'],
    'OKTA_UNAUTHORIZED',
    'The app may not sign in on its own. Make one of the type API Services in Okta.',
  ],
  [
    ['invalid_dpop_proof', 'use_dpop_nonce'],
    'OKTA_UNAUTHORIZED',
    'The proof of possession (DPoP) is refused. Set the clock of this machine, or check for a proxy that changes requests.',
  ],
  [
    ['invalid_scope', 'consent_required', 'access_denied'],
    'OKTA_FORBIDDEN',
    'The service app has none of the scopes okta.users.read and okta.groups.read. Grant both in Okta under Applications > the app > Okta API Scopes.',
  ],
];

/** Whether an answer proves that the thing asked for does not exist: a 404 with Okta's own code for it. */
export function provesAbsence(status: number, body: string): boolean {
  return status === 404 && oktaErrorCode(body) === 'E0000007';
}

function oktaReason(body: string): string {
  const code = oktaErrorCode(body);
  return code === undefined ? '' : ` ${code}`;
}

/** Only Okta's code is taken: its summary can repeat a name or an address. */
function oktaErrorCode(body: string): string | undefined {
  return /^\s*\{[^]*?"errorCode"\s*:\s*"(E\d{7})"/.exec(body.slice(0, 4096))?.[1];
}

/** The reason that the token endpoint gives, in OAuth's form or in Okta's own; its description is left out. */
export function oauthError(body: string): string | undefined {
  return /^\s*\{[^]*?"error(?:Code)?"\s*:\s*"([a-z_]{1,50})"/.exec(body.slice(0, 4096))?.[1];
}
