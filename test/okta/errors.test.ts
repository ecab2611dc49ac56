import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  OktaError,
  fromAnswer,
  fromTokenAnswer,
  fromTransportError,
  missingScopeOf,
  type Refused,
  provesAbsence,
} from '../../src/okta/errors';

const TOKEN = '00aSecretToken';
const ORIGIN = 'https://acme.okta.com';
const CALL = 'GET /api/v1/users';

/** What an error of axios drags along; none of it may come through. */
function axiosError(code: string | undefined): Error {
  const error = new Error(`Request with SSWS ${TOKEN} for ada@acme.com failed`);
  return Object.assign(error, {
    ...(code === undefined ? {} : { code }),
    config: { headers: { Authorization: `SSWS ${TOKEN}` } },
    request: { _header: `Authorization: SSWS ${TOKEN}` },
    response: { data: 'ada@acme.com' },
    cause: new Error(TOKEN),
  });
}

function assertSays(error: OktaError, code: string, retryable: boolean, advice: RegExp): void {
  assert.equal(error.code, code);
  assert.equal(error.retryable, retryable);
  assert.equal(error.retryAfterMs, undefined);
  assert.match(error.message, advice);
  const shown = [
    error.message,
    error.stack,
    JSON.stringify(error),
    inspect(error, { depth: null, showHidden: true }),
  ];
  for (const leak of [TOKEN, 'ada@acme.com', 'SSWS', 'Not for the log'])
    assert.ok(!shown.join('\n').includes(leak), `${leak} in ${error.message}`);
  assert.ok(!('cause' in error), 'no cause');
  assert.deepEqual(Object.keys(error).sort(), [
    'advice',
    'code',
    'fact',
    'name',
    'repeat',
    'retryAfterMs',
    'retryable',
  ]);
}

const bodyOf = (errorCode: string): string =>
  JSON.stringify({
    errorCode,
    errorSummary: 'Not for the log: ada@acme.com',
    errorLink: errorCode,
    errorId: 'oae1',
    errorCauses: [{ errorSummary: TOKEN }],
  });
const HTML = '<html><body>Not for the log: ada@acme.com</body></html>';

describe('an answer that is an error', () => {
  interface Row {
    status: number;
    body?: string;
    withCursor?: boolean;
    code: string;
    retryable?: boolean;
    says: RegExp;
  }
  const ROWS: readonly Row[] = [
    { status: 302, code: 'OKTA_NOT_AN_ORG', says: /Redirects are not followed.*Check OKTA_DOMAIN/ },
    { status: 304, code: 'OKTA_NOT_AN_ORG', says: /Okta returned 304/ },
    { status: 400, body: bodyOf('E0000031'), code: 'OKTA_BAD_REQUEST', says: /400 E0000031 for GET \/api/ },
    {
      status: 400,
      body: bodyOf('E0000001'),
      withCursor: true,
      code: 'OKTA_CURSOR_EXPIRED',
      says: /E0000001/,
    },
    {
      status: 401,
      body: bodyOf('E0000011'),
      code: 'OKTA_UNAUTHORIZED',
      says: /30 days.*Tokens\. Replace the file in OKTA_API_TOKEN_FILE/,
    },
    {
      status: 403,
      body: bodyOf('E0000006'),
      code: 'OKTA_FORBIDDEN',
      says: /Create the token as a Read-only Administrator\.$/,
    },
    { status: 404, body: bodyOf('E0000007'), code: 'OKTA_NOT_FOUND', says: /404 E0000007/ },
    ...[400, 401, 403, 404].map((status) => ({
      status,
      body: HTML,
      withCursor: true,
      code: 'OKTA_UNREADABLE_ANSWER',
      retryable: true,
      says: /^The response to GET \/api\/v1\/users \(\d+\) is not a valid Okta response\. Check whether a proxy between/,
    })),
    {
      status: 202,
      code: 'OKTA_UNREADABLE_ANSWER',
      retryable: true,
      says: /\(202\) is not a valid Okta response/,
    },
    {
      status: 204,
      code: 'OKTA_UNREADABLE_ANSWER',
      retryable: true,
      says: /\(204\) is not a valid Okta response/,
    },
    { status: 408, code: 'OKTA_TIMEOUT', retryable: true, says: /returned 408/ },
    {
      status: 403,
      body: bodyOf('E0000005'),
      code: 'OKTA_FORBIDDEN',
      says: /403 E0000005 .*session of the API token as invalid.*create a new token\.$/,
    },
    { status: 405, body: bodyOf('E0000022'), code: 'OKTA_BAD_REQUEST', says: /405 E0000022/ },
    { status: 410, body: bodyOf('E0000001'), code: 'OKTA_BAD_REQUEST', says: /410 E0000001/ },
    {
      status: 410,
      body: bodyOf('E0000001'),
      withCursor: true,
      code: 'OKTA_CURSOR_EXPIRED',
      says: /410 E0000001/,
    },
    { status: 410, code: 'OKTA_UNREADABLE_ANSWER', retryable: true, says: /\(410\)/ },
    {
      status: 429,
      body: bodyOf('E0000047'),
      code: 'OKTA_RATE_LIMITED',
      retryable: true,
      says: /429 E0000047/,
    },
    {
      status: 500,
      body: bodyOf('E0000009'),
      code: 'OKTA_SERVER_ERROR',
      retryable: true,
      says: /500 E0000009/,
    },
    { status: 502, body: HTML, code: 'OKTA_SERVER_ERROR', retryable: true, says: /returned 502 for GET/ },
    {
      status: 503,
      body: bodyOf('E0000010'),
      code: 'OKTA_SERVER_ERROR',
      retryable: true,
      says: /503 E0000010/,
    },
    { status: 504, body: '', code: 'OKTA_SERVER_ERROR', retryable: true, says: /returned 504 for GET/ },
  ];
  for (const { status, body = '', withCursor = false, code, retryable = false, says } of ROWS) {
    it(`with ${status} ${body.slice(0, 24)}${withCursor ? ' to a cursor' : ''} is ${code}, ${retryable ? 'to be retried' : 'final'}`, () =>
      assertSays(
        fromAnswer(status, body, CALL, { credentials: 'token', hasCursor: withCursor }),
        code,
        retryable,
        says,
      ));
  }

  const ODD_BODIES: readonly [what: string, body: string][] = [
    ['empty', ''],
    ['HTML', HTML],
    ['cut', '{"errorCode":"E00'],
    ['a list', `[${bodyOf('E0000007')}]`],
    ['an error code that is none of Okta', '{"errorCode":"ada@acme.com"}'],
    ['an error code too far from its start', `{"x":"${'.'.repeat(5000)}","errorCode":"E0000007"}`],
  ];
  for (const [what, body] of ODD_BODIES) {
    it(`keeps nothing of a body that is ${what}`, () =>
      assert.match(
        fromAnswer(404, body, CALL).message,
        /^The response to GET \/api\/v1\/users \(404\) is not a valid Okta response\. Check whether a proxy between/,
      ));
  }
});

describe('an answer to a refused service app', () => {
  const oauth = (error: string): string =>
    JSON.stringify({ error, error_description: 'Not for the log: ada@acme.com' });
  type Row = readonly [status: number, body: string, code: string, retryable: boolean, says: RegExp];
  const OF_TOKEN_ENDPOINT: readonly Row[] = [
    [401, oauth('invalid_client'), 'OKTA_UNAUTHORIZED', false, /401 invalid_client .*OKTA_CLIENT_ID.*clock/],
    [401, bodyOf('invalid_client'), 'OKTA_UNAUTHORIZED', false, /401 invalid_client .*public keys/],
    [400, oauth('unauthorized_client'), 'OKTA_UNAUTHORIZED', false, /API Services/],
    [400, oauth('invalid_dpop_proof'), 'OKTA_UNAUTHORIZED', false, /clock of this machine/],
    [400, oauth('invalid_scope'), 'OKTA_FORBIDDEN', false, /okta\.users\.read and okta\.groups\.read/],
    [400, oauth('consent_required'), 'OKTA_FORBIDDEN', false, /Okta API Scopes/],
    [
      400,
      oauth('server_busy'),
      'OKTA_UNAUTHORIZED',
      false,
      /^Okta returned 400 server_busy for POST .* OKTA_CLIENT_ID\.$/,
    ],
    [
      400,
      oauth('Ada Lovelace'),
      'OKTA_UNREACHABLE',
      true,
      /^Okta returned 400 for POST .*whether a proxy is in between\.$/,
    ],
    [403, bodyOf('E0000006'), 'OKTA_UNAUTHORIZED', false, /^Okta returned 403 E0000006 for POST/],
    [404, HTML, 'OKTA_UNREACHABLE', true, /Check OKTA_DOMAIN/],
    [302, '', 'OKTA_NOT_AN_ORG', false, /Redirects are not followed/],
    [429, bodyOf('E0000047'), 'OKTA_RATE_LIMITED', true, /429 E0000047/],
    [503, HTML, 'OKTA_UNREACHABLE', true, /503 for POST .*status\.okta\.com/],
  ];
  for (const [status, body, code, retryable, says] of OF_TOKEN_ENDPOINT) {
    it(`with ${status} ${body.slice(0, 30)} at the token endpoint is ${code}`, () =>
      assertSays(fromTokenAnswer(status, body), code, retryable, says));
  }

  const APP: Refused = { credentials: 'app', challenge: 'Bearer error="invalid_token"' };
  it('with 401 names the app, not a token', () =>
    assertSays(fromAnswer(401, '', CALL, APP), 'OKTA_UNAUTHORIZED', false, /the app is active/));

  it('with 401 and no sign of Okta is not believed', () =>
    assertSays(fromAnswer(401, '', CALL), 'OKTA_UNREADABLE_ANSWER', true, /proxy between/));

  it('with 403 E0000005 names the session, not the role', () => {
    const error = fromAnswer(403, bodyOf('E0000005'), CALL, { credentials: 'app' });
    assertSays(
      error,
      'OKTA_FORBIDDEN',
      false,
      /session of the service app as invalid.*Check in Okta that the app is active\.$/,
    );
  });

  it('with 403 names the role, or the scope that the answer states', () => {
    assertSays(fromAnswer(403, bodyOf('E0000006'), CALL, APP), 'OKTA_FORBIDDEN', false, /Admin roles\.$/);
    const challenge =
      'DPoP algs="ES256", realm="acme.okta.com", scope="okta.users.read", error="insufficient_scope"';
    const error = fromAnswer(403, '', CALL, { credentials: 'app', challenge });
    assertSays(error, 'OKTA_FORBIDDEN', false, /lacks the scope okta\.users\.read\./);
  });

  const NO_SCOPES = [
    undefined,
    'Bearer error="invalid_token", scope="okta.users.read"',
    'Bearer error="insufficient_scope"',
    'Bearer error="insufficient_scope", scope="ada@acme.com"',
  ];
  for (const header of NO_SCOPES) {
    it(`finds no missing scope in ${header}`, () => assert.equal(missingScopeOf(header), undefined));
  }
});

describe('the proof that an object was deleted', () => {
  const ROWS: readonly [status: number, body: string, proves: boolean][] = [
    [404, bodyOf('E0000007'), true],
    [404, `\n ${bodyOf('E0000007')}`, true],
    [404, bodyOf('E0000008'), false],
    [404, HTML, false],
    [404, '', false],
    [404, '"E0000007"', false],
    [200, bodyOf('E0000007'), false],
    [403, bodyOf('E0000007'), false],
    [410, bodyOf('E0000007'), false],
  ];
  for (const [status, body, proves] of ROWS) {
    it(`is ${proves ? '' : 'not '}a ${status} with ${JSON.stringify(body.trim().slice(0, 25))}`, () =>
      assert.equal(provesAbsence(status, body), proves));
  }
});

describe('a call without a whole answer', () => {
  const UNREACHABLE = [
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ];
  const UNTRUSTED = [
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'EPROTO',
  ];
  interface Row {
    reasons: readonly (string | undefined)[];
    code: string;
    retryable: boolean;
    says: RegExp;
  }
  const ROWS: readonly Row[] = [
    {
      reasons: ['ENOTFOUND'],
      code: 'OKTA_UNREACHABLE',
      retryable: false,
      says: /acme\.okta\.com does not exist.*Check OKTA_DOMAIN/,
    },
    { reasons: UNTRUSTED, code: 'OKTA_UNTRUSTED', retryable: false, says: /NODE_EXTRA_CA_CERTS/ },
    {
      reasons: ['ERR_BAD_RESPONSE'],
      code: 'OKTA_ANSWER_TOO_LARGE',
      retryable: true,
      says: /truncated or is too large/,
    },
    {
      reasons: [...UNREACHABLE, 'EPIPE', 'ETIMEDOUT', 'HPE_INVALID_HEADER_TOKEN', undefined],
      code: 'OKTA_UNREACHABLE',
      retryable: true,
      says: /could not be reached for GET \/api\/v1\/users .*status\.okta\.com/,
    },
  ];
  for (const { reasons, code, retryable, says } of ROWS) {
    for (const reason of reasons) {
      it(`for ${reason ?? 'no known reason'} is ${code}, ${retryable ? 'to be retried' : 'final'}`, () =>
        assertSays(fromTransportError(axiosError(reason), CALL, ORIGIN), code, retryable, says));
    }
  }

  it('may be anything that was thrown', () => {
    for (const thrown of [undefined, null, 'text', 7, {}])
      assert.equal(fromTransportError(thrown, CALL, ORIGIN).code, 'OKTA_UNREACHABLE');
  });
});

describe('an error of Okta', () => {
  it('carries when to try again, where that is known', () => {
    const error = new OktaError('OKTA_RATE_LIMITED', 'Later.', { retryable: true, retryAfterMs: 90_000 });
    assert.deepEqual([error.retryable, error.retryAfterMs], [true, 90_000]);
  });
});
