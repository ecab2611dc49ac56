import assert from 'node:assert/strict';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { AxiosError } from 'axios';
import { Neo4jError } from 'neo4j-driver';
import { CodedError, withAdvice } from '../../src/faults/fault';
import { faultOf } from '../../src/faults/temporalFailure';
import { toFailure } from '../../src/activities/failures';
import { runEnded, type Run } from '../../src/graph/write/run';
import { OktaError, fromAnswer, fromTransportError } from '../../src/okta/errors';

const TOKEN = '00aVerySecretTokenOfTheOrg';
const PERSON = 'ada.lovelace@acme.com';
const { DEFAULT, BENIGN } = { DEFAULT: undefined, BENIGN: ApplicationFailureCategory.BENIGN };

const run: Run = {
  domain: 'acme.okta.com',
  number: 7,
  id: 'a run',
  mode: 'full',
  allowDeletes: false,
  keepsHistory: true,
};
const call = 'GET /api/v1/users';
const answered = (status: number, body = `{"errorCode":"E0000001","errorSummary":"${PERSON}"}`) =>
  fromAnswer(status, body, call);
const broken = (code: string) =>
  fromTransportError(new AxiosError(`${code} ${PERSON}`, code), call, 'https://acme.okta.com');
const neo4j = (code: string) => new Neo4jError(`Node already exists with email ${PERSON}`, code, '', '');

interface Row {
  error: unknown;
  type: string;
  retryable: boolean;
  nextRetryDelay?: number;
  category?: ApplicationFailureCategory;
}

const ROWS: Readonly<Record<string, Row>> = {
  'a refused token': { error: answered(401), type: 'OKTA_UNAUTHORIZED', retryable: false },
  'a missing right': { error: answered(403), type: 'OKTA_FORBIDDEN', retryable: false },
  'a thing not found': { error: answered(404), type: 'OKTA_NOT_FOUND', retryable: false },
  'a bad request': { error: answered(400), type: 'OKTA_BAD_REQUEST', retryable: false },
  'an expired cursor': {
    error: fromAnswer(400, '{"errorCode":"E0000001"}', call, {
      credentials: 'token',
      hasCursor: true,
    }),
    type: 'OKTA_CURSOR_EXPIRED',
    retryable: false,
  },
  'an answer of a proxy': {
    error: answered(404, `<html>${PERSON}</html>`),
    type: 'OKTA_UNREADABLE_ANSWER',
    retryable: true,
  },
  'a 429 again and again': { error: answered(429), type: 'OKTA_RATE_LIMITED', retryable: true },
  'a rate limit that opens much later': {
    error: new OktaError('OKTA_RATE_LIMITED', 'It opens in 200 s.', {
      retryable: true,
      retryAfterMs: 200_000.4,
    }),
    type: 'OKTA_RATE_LIMITED',
    retryable: true,
    nextRetryDelay: 200_001,
    category: BENIGN,
  },
  'a server error of Okta': { error: answered(503), type: 'OKTA_SERVER_ERROR', retryable: true },
  'a redirect': { error: answered(302), type: 'OKTA_NOT_AN_ORG', retryable: false },
  'a host that does not exist': { error: broken('ENOTFOUND'), type: 'OKTA_UNREACHABLE', retryable: false },
  'a connection that broke': { error: broken('ECONNRESET'), type: 'OKTA_UNREACHABLE', retryable: true },
  'a certificate of nobody': { error: broken('CERT_HAS_EXPIRED'), type: 'OKTA_UNTRUSTED', retryable: false },
  'an answer that is too large': {
    error: broken('ERR_BAD_RESPONSE'),
    type: 'OKTA_ANSWER_TOO_LARGE',
    retryable: true,
  },
  'an unknown org': { error: new CodedError('UNKNOWN_ORG'), type: 'UNKNOWN_ORG', retryable: false },
  'an org whose file cannot be read now': {
    error: new CodedError('UNKNOWN_ORG', 'half written', { retryable: true }),
    type: 'UNKNOWN_ORG',
    retryable: true,
  },
  'another org': { error: new CodedError('ORG_IDENTITY', 'another'), type: 'ORG_IDENTITY', retryable: false },
  'a foreign schema': {
    error: new CodedError('GRAPH_SCHEMA', 'foreign'),
    type: 'GRAPH_SCHEMA',
    retryable: false,
  },
  'a run that has ended': { error: runEnded(run), type: 'RUN_ENDED', retryable: false },
  'a wrong password of Neo4j': {
    error: neo4j('Neo.ClientError.Security.Unauthorized'),
    type: 'GRAPH_UNAUTHORIZED',
    retryable: false,
  },
  'a missing right in Neo4j': {
    error: neo4j('Neo.ClientError.Security.Forbidden'),
    type: 'GRAPH_FORBIDDEN',
    retryable: false,
  },
  'a database that does not exist': {
    error: neo4j('Neo.ClientError.Database.DatabaseNotFound'),
    type: 'GRAPH_NO_DATABASE',
    retryable: false,
  },
  'a constraint': {
    error: neo4j('Neo.ClientError.Schema.ConstraintValidationFailed'),
    type: 'GRAPH_CONFLICT',
    retryable: false,
  },
  'too little memory in Neo4j': {
    error: neo4j('Neo.TransientError.General.MemoryPoolOutOfMemoryError'),
    type: 'GRAPH_OUT_OF_MEMORY',
    retryable: true,
  },
  'a Neo4j that cannot write': {
    error: neo4j('Neo.ClientError.General.ForbiddenOnReadOnlyDatabase'),
    type: 'GRAPH_READ_ONLY',
    retryable: true,
  },
  'a Neo4j that is away': { error: neo4j('ServiceUnavailable'), type: 'GRAPH_UNREACHABLE', retryable: true },
  'any other error of Neo4j': {
    error: neo4j('Neo.DatabaseError.Statement.ExecutionFailed'),
    type: 'GRAPH_ERROR',
    retryable: true,
  },
  'an internal error': { error: new TypeError(PERSON), type: 'INTERNAL', retryable: true },
  'an error of axios that came through': { error: axiosErrorWithToken(), type: 'INTERNAL', retryable: true },
  'what is no error at all': { error: PERSON, type: 'INTERNAL', retryable: true },
};

describe('The failure that an activity ends with', () => {
  for (const [title, { error, type, retryable, nextRetryDelay, category = DEFAULT }] of Object.entries(
    ROWS,
  )) {
    it(`after ${title} is ${type}, ${retryable ? 'retryable' : 'final'}`, () => {
      const failure = toFailure(error);
      assert(failure instanceof ApplicationFailure, String(failure));
      assert.equal(failure.type, type);
      assert.equal(failure.nonRetryable, !retryable);
      assert.equal(failure.nextRetryDelay, nextRetryDelay);
      assert.equal(failure.category ?? DEFAULT, category);
      assert.equal(failure.cause, undefined);
      assert.equal(withAdvice(faultOf(failure)), failure.message);
      const said = JSON.stringify({ ...failure, message: failure.message });
      for (const secret of [TOKEN, PERSON]) assert(!said.includes(secret), said);
    });
  }

  it('keeps a failure and a cancellation as they are', () => {
    for (const failure of [ApplicationFailure.retryable('again'), new CancelledFailure('stop')])
      assert.equal(toFailure(failure), failure);
  });

  it('says where an internal error occurred, without a path of this machine', () => {
    const { message } = toFailure(new TypeError(PERSON));
    assert.match(message, /TypeError at .*activities\/failures\.test\.ts:\d+\. Report/);
    assert(!message.includes(__dirname), message);
  });
});

/** As axios makes it: the request's headers are on the error. */
function axiosErrorWithToken(): AxiosError {
  const config = { headers: { Authorization: `SSWS ${TOKEN}` } } as never;
  return new AxiosError(`Request for ${PERSON} failed`, 'ERR_BAD_REQUEST', config);
}
