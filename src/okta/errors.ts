import type { OktaErrorCode } from '../codes';
import type { AccessKind } from '../contract';
import { CodedError, type FaultOptions } from '../faults/fault';
import { meaningOf, meaningOfTokenAnswer, type Meaning, type Repeat } from './answers';

/**
 * The only place that turns failures of requests to Okta into this product's errors. An {@link OktaError} keeps nothing
 * of a request or response: an AxiosError that left this folder would print the token in the worker's log.
 */

interface OktaErrorOptions extends FaultOptions {
  /** Time until the same call may succeed, milliseconds. */
  retryAfterMs?: number;
  /** How the request itself is retried first; by default `often` if it may succeed later, otherwise `never`. */
  repeat?: Repeat;
}

/** A failed request to Okta: a stable code and a message that is safe to log and to store. */
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

/** Properties of errors whose class is unreliable: from axios, Node's sockets, TLS. */
interface ErrorLike {
  code?: unknown;
}

/**
 * Returns the error for a call without a complete response. Uses only the original error's code, never its message,
 * config or response.
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
    return new OktaError('OKTA_ANSWER_TOO_LARGE', `The response to ${call} was truncated or is too large.`);
  return new OktaError('OKTA_UNREACHABLE', `${host} could not be reached for ${call} (${reason}).`);
}

/** Facts about a rejected request, besides its response, that determine the error and its advice. */
export interface Refused {
  /** The kind of credentials that the request was sent with. */
  credentials: 'token' | 'app';
  /** True if the request had a list cursor. */
  hasCursor?: boolean;
  /** The response's `WWW-Authenticate` header. */
  challenge?: unknown;
  /** True if the request was for a single object by id, or for the members of one group. */
  isOfId?: boolean;
  /** The kind in `SYNC_ACCESS` that the request was for, or the System Log. */
  kind?: AccessKind | 'log' | undefined;
}

/** Returns the error for a response that is not a 200. `body` may be anything: HTML, empty, truncated. */
export function fromAnswer(
  status: number,
  body: string,
  call: string,
  refused: Refused = { credentials: 'token' },
): OktaError {
  const code = oktaErrorCode(body);
  const isFromOkta = code !== undefined || isOktaChallenge(refused.challenge);
  const meaning = meaningOf({
    status,
    code,
    isFromOkta,
    hasCursor: refused.hasCursor === true,
    isOfId: refused.isOfId === true,
  });
  const answered = `Okta returned ${status}${code === undefined ? '' : ` ${code}`} for ${call}.`;
  return meaning.code === 'OKTA_UNREADABLE_ANSWER'
    ? unreadable(call, status)
    : errorOf(meaning, answered, adviceOn(meaning, refused));
}

/** Returns the error for a response that is not Okta's. */
export function unreadable(call: string, status = 200): OktaError {
  const fact = `The response to ${call}${status === 200 ? '' : ` (${status})`} is not a valid Okta response.`;
  return new OktaError('OKTA_UNREADABLE_ANSWER', fact);
}

function errorOf({ code, repeat }: Meaning, fact: string, advice: string | undefined): OktaError {
  return new OktaError(code, fact, { repeat, advice });
}

/** Returns advice that is more specific than that of the error's code; undefined if there is none. */
function adviceOn({ code, repeat }: Meaning, refused: Refused): string | undefined {
  if (code === 'OKTA_UNAUTHORIZED') return UNAUTHORIZED[refused.credentials];
  if (code === 'OKTA_FORBIDDEN' && repeat === 'withNewCredentials')
    return INVALID_SESSION[refused.credentials];
  if (code === 'OKTA_FORBIDDEN') return adviceOnRights(refused);
  if (code === 'OKTA_NOT_AN_ORG')
    return 'Redirects are not followed, because that would send the token to another host. Check OKTA_DOMAIN.';
  return undefined;
}

const UNAUTHORIZED: Readonly<Record<Refused['credentials'], string>> = {
  token:
    'The API token is wrong, revoked, or expired (30 days without use). Create a new one under Security > API > Tokens. Replace the file in OKTA_API_TOKEN_FILE, or set OKTA_API_TOKEN and restart the worker.',
  app: 'Okta rejects the access token of the service app, and also a new one. Check in Okta that the app is active, and check the clock of this machine.',
};

const INVALID_SESSION: Readonly<Record<Refused['credentials'], string>> = {
  token:
    'Okta reports the session of the API token as invalid, even after retries. Check in Okta that the token is still listed under Security > API > Tokens and that the admin who created it is active; if both are right, create a new token.',
  app: 'Okta reports the session of the service app as invalid, even with new access tokens. Check in Okta that the app is active.',
};

function adviceOnRights({ credentials, challenge, kind }: Refused): string {
  const missingScope = missingScopeOf(challenge);
  if (missingScope !== undefined)
    return `The service app lacks the scope ${missingScope}. Grant it in Okta under Applications > the app > Okta API Scopes.`;
  if (kind !== undefined) return `${RIGHT_FOR[kind]} ${ASSIGN[credentials]}`;
  if (credentials === 'app')
    return "The service app's admin role does not allow this. The role must cover all users and groups. Assign the role Read-only Administrator under Applications > the app > Admin roles.";
  return 'The admin who created the token is not allowed to read this. The role must cover all users and groups. Create the token as a Read-only Administrator.';
}

/** The admin role that may read a kind. */
const RIGHT_FOR: Readonly<Record<AccessKind | 'log', string>> = {
  log: 'The System Log needs an admin role that may view it, such as Read-only Administrator.',
  rules: 'Group rules need an admin role that may view groups, such as Read-only Administrator.',
  apps: 'Apps need an admin role that may view applications and their assignments, such as Read-only Administrator.',
  roles:
    'Read-only Administrator cannot read role assignments. They need a custom role with the permission "View roles, resources, and admin assignments".',
};

const ASSIGN: Readonly<Record<Refused['credentials'], string>> = {
  token: 'Assign it to the admin who created the token, in addition to the present role.',
  app: 'Assign it under Applications > the app > Admin roles, in addition to the present role.',
};

/** Okta's responses for a kind in `SYNC_ACCESS` that the credentials may not read, or the org does not have. */
export const KIND_REJECTED: ReadonlySet<OktaErrorCode> = new Set([
  'OKTA_FORBIDDEN',
  'OKTA_BAD_REQUEST',
  'OKTA_NOT_FOUND',
]);

/** Returns what a path belongs to: a kind in `SYNC_ACCESS`, or the log; undefined for users, groups and memberships. */
export function accessKindOf(path: string): AccessKind | 'log' | undefined {
  if (/^\/api\/v1\/logs\b/.test(path)) return 'log';
  if (path.startsWith('/api/v1/groups/rules')) return 'rules';
  if (/^\/api\/v1\/(apps\b|groups\/[^/?]+\/apps\b)/.test(path)) return 'apps';
  return /^\/api\/v1\/(iam\/|(users|groups)\/[^/?]+\/roles\b)/.test(path) ? 'roles' : undefined;
}

/** Returns true for Okta's challenge that rejects an access token; that response has no body. */
function isOktaChallenge(wwwAuthenticate: unknown): boolean {
  return typeof wwwAuthenticate === 'string' && /^(Bearer|DPoP)\b[^]*\berror="/.test(wwwAuthenticate);
}

/** Returns the missing scope that a 403 names in `WWW-Authenticate`; undefined if it names none. */
export function missingScopeOf(wwwAuthenticate: unknown): string | undefined {
  const header = typeof wwwAuthenticate === 'string' ? wwwAuthenticate : '';
  if (!header.includes('error="insufficient_scope"')) return undefined;
  return /\bscope="(okta\.[A-Za-z.]{1,100})"/.exec(header)?.[1];
}

/** Returns the error for a response of the token endpoint that is not a 200. */
export function fromTokenAnswer(status: number, body: string): OktaError {
  const reason = oauthError(body) ?? oktaErrorCode(body);
  const meaning = meaningOfTokenAnswer({ status, code: reason, isFromOkta: reason !== undefined });
  const answered = `Okta returned ${status}${reason === undefined ? '' : ` ${reason}`} for POST /oauth2/v1/token.`;
  return errorOf(meaning, answered, adviceOnToken(meaning, status, reason));
}

function adviceOnToken(meaning: Meaning, status: number, reason: string | undefined): string | undefined {
  if (meaning.code === 'OKTA_UNREACHABLE')
    return status >= 500
      ? 'Without an access token nothing can be read. See https://status.okta.com.'
      : 'The response is not from Okta. Check OKTA_DOMAIN, and whether a proxy is in between.';
  if (meaning.code === 'OKTA_FORBIDDEN')
    return 'The service app has none of the scopes okta.users.read and okta.groups.read. Grant both in Okta under Applications > the app > Okta API Scopes.';
  if (meaning.code !== 'OKTA_UNAUTHORIZED') return adviceOn(meaning, { credentials: 'app' });
  const known = TOKEN_ADVICE.find(([reasons]) => reason !== undefined && reasons.includes(reason));
  return known?.[1] ?? 'Check OKTA_DOMAIN and OKTA_CLIENT_ID.';
}

const TOKEN_ADVICE: readonly (readonly [reasons: readonly string[], advice: string])[] = [
  [
    ['invalid_client'],
    'The client ID is wrong, its app is not active, or the private key does not match any of its public keys. Check OKTA_CLIENT_ID, and in Okta the public keys under Applications > the app > General. Also check the clock of this machine.',
  ],
  [
    ['unauthorized_client', 'unsupported_grant_type'],
    'The app may not sign in without a user. Create an app of the type API Services in Okta.',
  ],
  [
    ['invalid_dpop_proof', 'use_dpop_nonce'],
    'Okta rejects the proof of possession (DPoP). Correct the clock of this machine, or look for a proxy that modifies requests.',
  ],
];

/** Returns true if a response shows that the requested object does not exist: a 404 with Okta's own code for it. */
export function provesAbsence(status: number, body: string): boolean {
  return status === 404 && oktaErrorCode(body) === 'E0000007';
}

/** Reads only Okta's error code: its summary can quote a name or an email address. */
function oktaErrorCode(body: string): string | undefined {
  return /^\s*\{[^]*?"errorCode"\s*:\s*"(E\d{7})"/.exec(body.slice(0, 4096))?.[1];
}

/** Returns the token endpoint's error code, in OAuth's or Okta's format; its description is left out. */
export function oauthError(body: string): string | undefined {
  return /^\s*\{[^]*?"error(?:Code)?"\s*:\s*"([a-z_]{1,50})"/.exec(body.slice(0, 4096))?.[1];
}
