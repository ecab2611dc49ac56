import type { OktaErrorCode } from '../codes';

/** How often and when a request is retried before its error is accepted. */
export interface Repetition {
  /** Total number of requests, including the first. */
  readonly attempts: number;
  /** Pauses between them, in units of the base pause (500 ms by default). */
  readonly pauses: readonly number[];
  /**
   * True if the credentials are renewed before each retry: read again from their files; a service app also requests a
   * new access token.
   */
  readonly renewsCredentials?: true;
}

export type Repeat = 'never' | 'briefly' | 'often' | 'withNewCredentials';

export const REPETITIONS: Readonly<Record<Repeat, Repetition>> = {
  never: { attempts: 1, pauses: [] },
  briefly: { attempts: 3, pauses: [1, 2] },
  often: { attempts: 5, pauses: [1, 2, 4, 8] },
  /**
   * Okta has been seen to reject valid credentials temporarily; a revoked token is still reported within about ten
   * seconds.
   */
  withNewCredentials: { attempts: 3, pauses: [4, 10], renewsCredentials: true },
};

/** Facts about an error response. */
export interface Refusal {
  readonly status: number;
  /** `errorCode` of Okta's error body, or the OAuth error of the token endpoint; undefined if there is none. */
  readonly code: string | undefined;
  /**
   * True if the response is from Okta itself: it has an error code, or Okta's `WWW-Authenticate` challenge, which has
   * no body.
   */
  readonly isFromOkta: boolean;
  /** True if the request had a list cursor. */
  readonly hasCursor?: boolean;
  /** True if the request was for a single object by id, or for the members of one group. */
  readonly isOfId?: boolean;
}

/** The error code for a response, and how to retry the request. */
export interface Meaning {
  readonly code: OktaErrorCode;
  readonly repeat: Repeat;
}

interface Row {
  /** Inclusive; any status if absent. */
  readonly status?: number | readonly [from: number, to: number];
  /**
   * `okta`: only responses from Okta itself. `anybody`: any response, with or without a body. Otherwise: only these
   * error codes.
   */
  readonly by: 'okta' | 'anybody' | readonly string[];
  readonly hasCursor?: true;
  readonly isOfId?: true;
  readonly is: OktaErrorCode;
  readonly repeat: Repeat;
}

/**
 * How error responses of the API are interpreted; the first matching row applies. Only Okta's own error codes are
 * final: a response without one may come from a proxy, a gateway or a maintenance page. An error saying that a list, or
 * the org's own document, does not exist or was requested wrongly is accepted only if a retry confirms it.
 */
const API: readonly Row[] = [
  { status: 429, by: 'anybody', is: 'OKTA_RATE_LIMITED', repeat: 'often' },
  { status: [500, 599], by: 'anybody', is: 'OKTA_SERVER_ERROR', repeat: 'often' },
  { status: 408, by: 'anybody', is: 'OKTA_TIMEOUT', repeat: 'often' },
  { status: [200, 299], by: 'anybody', is: 'OKTA_UNREADABLE_ANSWER', repeat: 'often' },
  { status: [300, 399], by: 'anybody', is: 'OKTA_NOT_AN_ORG', repeat: 'briefly' },
  { status: 401, by: 'okta', is: 'OKTA_UNAUTHORIZED', repeat: 'withNewCredentials' },
  // Invalid session and invalid token: errors of the credentials, not of their permissions.
  {
    status: 403,
    by: ['E0000005', 'E0000011'],
    is: 'OKTA_FORBIDDEN',
    repeat: 'withNewCredentials',
  },
  { status: 403, by: 'okta', is: 'OKTA_FORBIDDEN', repeat: 'never' },
  { status: 404, by: 'okta', isOfId: true, is: 'OKTA_NOT_FOUND', repeat: 'never' },
  { status: 404, by: 'okta', is: 'OKTA_NOT_FOUND', repeat: 'briefly' },
  { status: 400, by: 'okta', hasCursor: true, is: 'OKTA_CURSOR_EXPIRED', repeat: 'never' },
  { status: 410, by: 'okta', hasCursor: true, is: 'OKTA_CURSOR_EXPIRED', repeat: 'never' },
  // Internal error and read-only mode: both are temporary.
  { by: ['E0000009', 'E0000010'], is: 'OKTA_SERVER_ERROR', repeat: 'often' },
  { by: 'okta', is: 'OKTA_BAD_REQUEST', repeat: 'briefly' },
  { by: 'anybody', is: 'OKTA_UNREADABLE_ANSWER', repeat: 'often' },
];

/**
 * The same for the token endpoint. Never a code that a smaller page or another group could avoid: without an access
 * token nothing can be read.
 */
const TOKEN: readonly Row[] = [
  { status: 429, by: 'anybody', is: 'OKTA_RATE_LIMITED', repeat: 'often' },
  { status: [500, 599], by: 'anybody', is: 'OKTA_UNREACHABLE', repeat: 'often' },
  { status: [300, 399], by: 'anybody', is: 'OKTA_NOT_AN_ORG', repeat: 'briefly' },
  {
    by: ['invalid_scope', 'consent_required', 'access_denied'],
    is: 'OKTA_FORBIDDEN',
    repeat: 'withNewCredentials',
  },
  { by: 'okta', is: 'OKTA_UNAUTHORIZED', repeat: 'withNewCredentials' },
  { by: 'anybody', is: 'OKTA_UNREACHABLE', repeat: 'often' },
];

/** Interprets an API response that is not a valid 200. */
export function meaningOf(refusal: Refusal): Meaning {
  return firstFitting(API, refusal);
}

/** Interprets a response of the token endpoint that is not a valid 200. */
export function meaningOfTokenAnswer(refusal: Refusal): Meaning {
  return firstFitting(TOKEN, refusal);
}

function firstFitting(rows: readonly Row[], refusal: Refusal): Meaning {
  const row = rows.find((each) => fits(each, refusal));
  if (!row) throw new Error(`No row for status ${refusal.status}`);
  return { code: row.is, repeat: row.repeat };
}

function fits({ status, by, hasCursor, isOfId }: Row, refusal: Refusal): boolean {
  const [from, to] = typeof status === 'number' ? [status, status] : (status ?? [0, Infinity]);
  if (refusal.status < from || refusal.status > to) return false;
  if (hasCursor && !refusal.hasCursor) return false;
  if (isOfId && !refusal.isOfId) return false;
  if (by === 'anybody') return true;
  return by === 'okta' ? refusal.isFromOkta : refusal.code !== undefined && by.includes(refusal.code);
}
