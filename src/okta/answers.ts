import type { OktaErrorCode } from '../codes';

/** How a request is repeated before what it met is believed. */
export interface Repetition {
  /** Requests in all, the first included. */
  readonly attempts: number;
  /** Pauses between them, in units of the base pause (500 ms by default). */
  readonly pauses: readonly number[];
  /** True if the credentials are renewed first: read again, and a service app asks for a new access token. */
  readonly renewsCredentials?: true;
}

export type Repeat = 'never' | 'briefly' | 'often' | 'withNewCredentials';

export const REPETITIONS: Readonly<Record<Repeat, Repetition>> = {
  never: { attempts: 1, pauses: [] },
  briefly: { attempts: 3, pauses: [1, 2] },
  often: { attempts: 5, pauses: [1, 2, 4, 8] },
  /** Good credentials were seen refused for a moment; a revoked token is still reported within about ten seconds. */
  withNewCredentials: { attempts: 3, pauses: [4, 10], renewsCredentials: true },
};

/** What is known of an answer that is not the one that was asked for. */
export interface Refusal {
  readonly status: number;
  /** `errorCode` of Okta's error body, or the OAuth error of the token endpoint; undefined where there is none. */
  readonly code: string | undefined;
  /** True if Okta itself answered: it gave a code, or its own `WWW-Authenticate` challenge, which has no body. */
  readonly isOktas: boolean;
  /** True if the request carried a cursor of a list. */
  readonly hasCursor?: boolean;
  /** True if the request was for one object by its id, or for the members of one group. */
  readonly isOfId?: boolean;
}

/** What an answer means. */
export interface Meaning {
  readonly code: OktaErrorCode;
  readonly repeat: Repeat;
}

interface Row {
  /** Inclusive; every status when absent. */
  readonly status?: number | readonly [from: number, to: number];
  /** `okta`: only an answer of Okta's own. `anybody`: whatever the body is, also none. Else only these codes. */
  readonly by: 'okta' | 'anybody' | readonly string[];
  readonly hasCursor?: true;
  readonly isOfId?: true;
  readonly is: OktaErrorCode;
  readonly repeat: Repeat;
}

/**
 * The one table of what an answer of the API means; the first row that fits holds. Only Okta's own error codes are
 * final: what has none may be the word of a proxy, a gateway or a maintenance page. That a list, or the org's own
 * document, does not exist or is asked for wrongly is believed only when it is said again.
 */
const API: readonly Row[] = [
  { status: 429, by: 'anybody', is: 'OKTA_RATE_LIMITED', repeat: 'often' },
  { status: [500, 599], by: 'anybody', is: 'OKTA_SERVER_ERROR', repeat: 'often' },
  { status: 408, by: 'anybody', is: 'OKTA_TIMEOUT', repeat: 'often' },
  { status: [200, 299], by: 'anybody', is: 'OKTA_UNREADABLE_ANSWER', repeat: 'often' },
  { status: [300, 399], by: 'anybody', is: 'OKTA_NOT_AN_ORG', repeat: 'briefly' },
  { status: 401, by: 'okta', is: 'OKTA_UNAUTHORIZED', repeat: 'withNewCredentials' },
  // Invalid session, invalid token: about the credentials, not about what they may do.
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
  // Internal error, and read-only mode: they pass.
  { by: ['E0000009', 'E0000010'], is: 'OKTA_SERVER_ERROR', repeat: 'often' },
  { by: 'okta', is: 'OKTA_BAD_REQUEST', repeat: 'briefly' },
  { by: 'anybody', is: 'OKTA_UNREADABLE_ANSWER', repeat: 'often' },
];

/**
 * The same of the token endpoint. Never of a kind that a smaller page, or another group, would avoid: without an access
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

/** The meaning of an answer of the API that is not a good 200. */
export function meaningOf(refusal: Refusal): Meaning {
  return firstFitting(API, refusal);
}

/** The meaning of an answer of the token endpoint that is not a good 200. */
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
  return by === 'okta' ? refusal.isOktas : refusal.code !== undefined && by.includes(refusal.code);
}
