import assert from 'node:assert/strict';
import { Neo4jError } from 'neo4j-driver';
import { NamespaceNotFoundError } from '@temporalio/common';
import { Explained, explainNeo4j, explainTemporal, neo4jUnresponsive } from '../../src/connections/explain';
import { configFor } from '../../dev/lab/configFor';

const neo4jError = (code: string, message = 'Something about ada@acme.com', cause?: Error) =>
  new Neo4jError(message, code, '', '', {} as never, cause);

describe('An error of Neo4j on the command line', () => {
  const { neo4j } = configFor({ NEO4J_DATABASE: 'okta' });

  const ROWS: readonly [what: string, error: Neo4jError, words: RegExp][] = [
    [
      'a server that cannot be reached',
      neo4jError('ServiceUnavailable', 'Failed to connect to server. And so on'),
      /does not answer at bolt:\/\/127\.0\.0\.1:1: Failed to connect to server\. Start it/,
    ],
    [
      'a database that is not available',
      neo4jError('Neo.TransientError.General.DatabaseUnavailable'),
      /^Database okta: Neo4j answers, but its database is not available.*SHOW DATABASES/,
    ],
    [
      'a cluster without the database',
      neo4jError(
        'ServiceUnavailable',
        'Could not perform discovery.',
        neo4jError('Neo.TransientError.General.DatabaseUnavailable'),
      ),
      /^Database okta: Neo4j answers, but its database is not available/,
    ],
    ['no such database', neo4jError('Neo.ClientError.Database.DatabaseNotFound'), /has no database okta/],
    [
      'a search before its index is there',
      neo4jError(
        'Neo.ClientError.Procedure.ProcedureCallFailed',
        'There is no such fulltext schema index: okta_user_everything',
      ),
      /^The search is not ready: .* try again in a minute/,
    ],
    [
      'a read over its time limit',
      neo4jError('Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration'),
      /did not finish within the time limit.*CONSOLE_READ_TIMEOUT.*--timeout/,
    ],
    [
      'a first password that was never changed',
      neo4jError('Neo.ClientError.Security.CredentialsExpired'),
      /wants the first password of user neo4j changed/,
    ],
    ['a wrong password', neo4jError('Neo.ClientError.Security.Unauthorized'), /wrong name or password/],
    [
      'too many wrong passwords',
      neo4jError('Neo.ClientError.Security.AuthenticationRateLimit'),
      /for some seconds after too many wrong passwords/,
    ],
    ['a full disk', neo4jError('Neo.DatabaseError.Transaction.TransactionStartFailed'), /full disk/],
    ['an unknown error', neo4jError('Neo.DatabaseError.General.UnknownError'), /answered Neo\.DatabaseError/],
  ];
  for (const [what, error, words] of ROWS) {
    it(`is a sentence for ${what}`, () => {
      const explained = explainNeo4j(error, neo4j);
      assert.ok(explained instanceof Explained, String(explained));
      assert.match(explained.message, words);
      assert.doesNotMatch(explained.message, /ada@acme\.com/);
    });
  }

  it('is left as it is where this program has written the statement wrong, and where it is not of Neo4j', () => {
    for (const error of [neo4jError('Neo.ClientError.Statement.SyntaxError'), new Error('else')])
      assert.equal(explainNeo4j(error, neo4j), error);
  });
});

/** As gRPC's client throws it; the codes are gRPC's. */
const grpcError = (code: number) =>
  Object.assign(new Error('14 UNAVAILABLE: at a place'), { code, details: '', metadata: {} });

describe('An error of Temporal on the command line', () => {
  const { temporal } = configFor({ TEMPORAL_ADDRESS: 'temporal.acme.com:7233', TEMPORAL_NAMESPACE: 'okta' });
  const tls = configFor({ TEMPORAL_ADDRESS: 'temporal.acme.com:7233', TEMPORAL_TLS: 'true' }).temporal;

  const ROWS: readonly [what: string, error: Error, words: RegExp][] = [
    [
      'a server that cannot be reached',
      grpcError(14),
      /^Temporal does not answer at temporal\.acme\.com:7233 \(without TLS\)\. Start it/,
    ],
    ['a server that does not answer in time', grpcError(4), /^Temporal does not answer at/],
    [
      "an error that has gRPC's as its cause",
      new Error('Failed to start', { cause: grpcError(14) }),
      /^Temporal does not answer at/,
    ],
    [
      'a namespace that is not there',
      new NamespaceNotFoundError('okta'),
      /has no namespace okta\. Set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace okta$/,
    ],
    ['a caller who may not', grpcError(7), /refuses access to namespace okta\. Set TEMPORAL_API_KEY/],
    ['a caller who is not known', grpcError(16), /refuses access to namespace okta\. Set TEMPORAL_API_KEY/],
    ['any other answer', grpcError(13), /failed to answer \(gRPC code 13\)\. Is that its gRPC address\?/],
  ];
  for (const [what, error, words] of ROWS)
    it(`is a sentence for ${what}`, () => {
      const explained = explainTemporal(error, temporal);
      assert.ok(explained instanceof Explained);
      assert.match(explained.message, words);
      assert.doesNotMatch(explained.message, /at a place/);
    });

  it('says whether TLS was used, which is what is often wrong', () => {
    assert.match((explainTemporal(grpcError(14), tls) as Error).message, /:7233 over TLS\./);
  });

  it('is left as it is where the caller asks for something that is or is not there, and where it is not of gRPC', () => {
    for (const error of [grpcError(5), grpcError(6), new Error('else'), 'text'])
      assert.equal(explainTemporal(error, temporal), error);
  });
});

describe('A Neo4j that accepts the connection and says nothing', () => {
  it('is named, with the time that it had', () => {
    const { message } = neo4jUnresponsive(configFor({}).neo4j, 15_000);
    assert.match(message, /^Neo4j at bolt:\/\/127\.0\.0\.1:1 .* did not answer within 15 s\./);
  });
});
