import type { OktaErrorCode } from '../codes';
import { CodedError, type FaultOptions } from '../faults/fault';
import { meaningOf, meaningOfTokenAnswer, type Meaning, type Repeat } from './answers';

/**
 * The one door from what goes wrong with Okta to an error of ours. Nothing of a request or a response is kept
 * on an {@link OktaError}: an AxiosError that left this folder would print the token in the worker's log.
 */

interface OktaErrorOptions extends FaultOptions {
  /** When the same call may succeed, milliseconds from now. */
  retryAfterMs?: number;
  /** How the request itself is repeated first; by default `often` where it may succeed later, else `never`. */
  repeat?: Repeat;
}

/** A failed exchange with Okta: a stable code and a message that is safe to log and to keep. */
export class OktaError extends CodedError {
  override readonly name = 'OktaError';
  declare readonly code: OktaErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly repeat: Repeat;

  constructor(code: OktaErrorCode, fact: string, options: OktaErrorOptions = {}) {
    super(code, fact, options);
    this.repeat = options.repeat ?? (this.retryable ? 'often' : 'never');
    this.retryAfterMs = options.retryAfterMs;
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
    const options = { advice: 'Check OKTA_DOMAIN.', retryable: false, repeat: 'often' } as const;
    return new OktaError('OKTA_UNREACHABLE', `The host ${host} does not exist (DNS).`, options);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|ERR_TLS|EPROTO/.test(reason))
    return new OktaError(
      'OKTA_UNTRUSTED',
      `${host} has no certificate that this machine trusts (${reason}).`,
    );
  if (reason === 'ERR_BAD_RESPONSE' || reason === 'ERR_FR_MAX_BODY_LENGTH_EXCEEDED')
    return new OktaError('OKTA_ANSWER_TOO_LARGE', `The answer to ${call} was cut short or is too large.`);
  return new OktaError('OKTA_UNREACHABLE', `${host} could not be reached for ${call} (${reason}).`);
}

/** What the meaning of a refusal, and the advice about it, rest on besides the answer. */
export interface Refused {
  /** What the request was sent with. */
  credentials: 'token' | 'app';
  /** True if the request carried a cursor of a list. */
  hasCursor?: boolean;
  /** The `WWW-Authenticate` of the answer. */
  challenge?: unknown;
  /** True if the request was for one object by its id, or for the members of one group. */
  isOfId?: boolean;
}

/** For an answer that is not a 200. `body` may be anything: HTML, empty, cut. */
export function fromAnswer(
  status: number,
  body: string,
  call: string,
  refused: Refused = { credentials: 'token' },
): OktaError {
  const code = oktaErrorCode(body);
  const isOktas = code !== undefined || isOktaChallenge(refused.challenge);
  const meaning = meaningOf({
    status,
    code,
    isOktas,
    hasCursor: refused.hasCursor === true,
    isOfId: refused.isOfId === true,
  });
  const answered = `Okta answered ${status}${code === undefined ? '' : ` ${code}`} to ${call}.`;
  return meaning.code === 'OKTA_UNREADABLE_ANSWER'
    ? unreadable(call, status)
    : errorOf(meaning, answered, adviceOn(meaning, refused));
}

/** For an answer that is not one of Okta's. */
export function unreadable(call: string, status = 200): OktaError {
  const fact = `The answer to ${call}${status === 200 ? '' : ` (${status})`} is not what Okta sends.`;
  return new OktaError('OKTA_UNREADABLE_ANSWER', fact);
}

function errorOf({ code, repeat }: Meaning, fact: string, advice: string | undefined): OktaError {
  return new OktaError(code, fact, { repeat, advice });
}

/** What this answer tells to do, where that is more than its code does. */
function adviceOn({ code, repeat }: Meaning, refused: Refused): string | undefined {
  if (code === 'OKTA_UNAUTHORIZED') return UNAUTHORIZED[refused.credentials];
  if (code === 'OKTA_FORBIDDEN' && repeat === 'withNewCredentials')
    return INVALID_SESSION[refused.credentials];
  if (code === 'OKTA_FORBIDDEN') return adviceOnRights(refused);
  if (code === 'OKTA_NOT_AN_ORG')
    return 'A redirect is not followed, the token would travel with it. Check OKTA_DOMAIN.';
  return undefined;
}

const UNAUTHORIZED: Readonly<Record<Refused['credentials'], string>> = {
  token:
    'The API token is wrong, revoked, or expired (30 days without use). Make a new one in Okta under Security > API > Tokens and set OKTA_API_TOKEN. Replace its file, or restart the worker with it.',
  app: 'The access token of the service app is refused, and so is a new one. Check in Okta that the app is active, and the clock of this machine.',
};

const INVALID_SESSION: Readonly<Record<Refused['credentials'], string>> = {
  token:
    'Okta calls the session of the API token invalid, also after pauses. Check in Okta that the token is still listed under Security > API > Tokens and that the admin who created it is active; if both are right, create a new token.',
  app: 'Okta calls the session of the service app invalid, also with new access tokens. Check in Okta that the app is active.',
};

function adviceOnRights({ credentials, challenge }: Refused): string {
  const missingScope = missingScopeOf(challenge);
  if (missingScope !== undefined)
    return `The service app lacks the scope ${missingScope}. Grant it in Okta under Applications > the app > Okta API Scopes.`;
  if (credentials === 'app')
    return "The service app's admin role does not allow this; the role must reach all users and all groups. Give it the role Read-only Administrator under Applications > the app > Admin roles.";
  return "The token's admin may not read this. The role must reach all users and all groups. Make the token as a Read-only Administrator.";
}

/** True for the challenge that Okta refuses an access token with; that answer has no body. */
function isOktaChallenge(wwwAuthenticate: unknown): boolean {
  return typeof wwwAuthenticate === 'string' && /^(Bearer|DPoP)\b[^]*\berror="/.test(wwwAuthenticate);
}

/** The scope that a 403 says is missing, from its `WWW-Authenticate`. */
export function missingScopeOf(wwwAuthenticate: unknown): string | undefined {
  const header = typeof wwwAuthenticate === 'string' ? wwwAuthenticate : '';
  if (!header.includes('error="insufficient_scope"')) return undefined;
  return /\bscope="(okta\.[A-Za-z.]{1,100})"/.exec(header)?.[1];
}

/** For an answer of the token endpoint that is not a 200. */
export function fromTokenAnswer(status: number, body: string): OktaError {
  const reason = oauthError(body) ?? oktaErrorCode(body);
  const meaning = meaningOfTokenAnswer({ status, code: reason, isOktas: reason !== undefined });
  const answered = `Okta answered ${status}${reason === undefined ? '' : ` ${reason}`} to POST /oauth2/v1/token.`;
  return errorOf(meaning, answered, adviceOnToken(meaning, status, reason));
}

function adviceOnToken(meaning: Meaning, status: number, reason: string | undefined): string | undefined {
  if (meaning.code === 'OKTA_UNREACHABLE')
    return status >= 500
      ? 'Without an access token nothing can be read. See https://status.okta.com.'
      : 'That is not what Okta sends. Check OKTA_DOMAIN. Is a proxy in between?';
  if (meaning.code === 'OKTA_FORBIDDEN')
    return 'The service app has none of the scopes okta.users.read and okta.groups.read. Grant both in Okta under Applications > the app > Okta API Scopes.';
  if (meaning.code !== 'OKTA_UNAUTHORIZED') return adviceOn(meaning, { credentials: 'app' });
  const known = TOKEN_ADVICE.find(([reasons]) => reason !== undefined && reasons.includes(reason));
  return known?.[1] ?? 'Check OKTA_DOMAIN and OKTA_CLIENT_ID.';
}

const TOKEN_ADVICE: readonly (readonly [reasons: readonly string[], advice: string])[] = [
  [
    ['invalid_client'],
    'The client id is wrong, its app is not active, or the private key is not of one of its public keys. Check OKTA_CLIENT_ID, and in Okta the public keys under Applications > the app > General. The clock of this machine counts too.',
  ],
  [
    ['unauthorized_client', 'unsupported_grant_type'],
    'The app may not sign in on its own. Make one of the type API Services in Okta.',
  ],
  [
    ['invalid_dpop_proof', 'use_dpop_nonce'],
    'The proof of possession (DPoP) is refused. Set the clock of this machine, or check for a proxy that changes requests.',
  ],
];

/** Whether an answer proves that the thing asked for does not exist: a 404 with Okta's own code for it. */
export function provesAbsence(status: number, body: string): boolean {
  return status === 404 && oktaErrorCode(body) === 'E0000007';
}

/** Only Okta's code is taken: its summary can repeat a name or an address. */
function oktaErrorCode(body: string): string | undefined {
  return /^\s*\{[^]*?"errorCode"\s*:\s*"(E\d{7})"/.exec(body.slice(0, 4096))?.[1];
}

/** The reason that the token endpoint gives, in OAuth's form or in Okta's own; its description is left out. */
export function oauthError(body: string): string | undefined {
  return /^\s*\{[^]*?"error(?:Code)?"\s*:\s*"([a-z_]{1,50})"/.exec(body.slice(0, 4096))?.[1];
}
