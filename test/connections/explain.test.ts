import assert from 'node:assert/strict';
import { Neo4jError } from 'neo4j-driver';
import { NamespaceNotFoundError } from '@temporalio/common';
import { explainNeo4j, explainTemporal, neo4jUnresponsive } from '../../src/connections/explain';
import { Explained } from '../../src/faults/explained';
import { configFor } from '../../dev/lab/configFor';

const neo4jError = (code: string, message = 'Something about ada@acme.com', cause?: Error) =>
  new Neo4jError(message, code, '', '', {} as never, cause);

describe('An error of Neo4j', () => {
  const { neo4j } = configFor({ NEO4J_DATABASE: 'okta' });

  const ROWS: readonly [what: string, error: Neo4jError, words: RegExp][] = [
    [
      'a server that cannot be reached',
      neo4jError('ServiceUnavailable', 'Failed to connect to server. And so on'),
      /does not respond at bolt:\/\/127\.0\.0\.1:1: Failed to connect to server\. Start it/,
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
      'a search before its index exists',
      neo4jError(
        'Neo.ClientError.Procedure.ProcedureCallFailed',
        'There is no such fulltext schema index: okta_user_everything',
      ),
      /^The index in Neo4j that the search needs does not exist\. A console that is not read-only creates it/,
    ],
    [
      'a read over its time limit',
      neo4jError('Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration'),
      /did not finish within the time limit.*CONSOLE_READ_TIMEOUT.*--timeout/,
    ],
    [
      'an initial password that was never changed',
      neo4jError('Neo.ClientError.Security.CredentialsExpired'),
      /requires user neo4j to change the initial password\. Change it in Neo4j Browser/,
    ],
    ['a wrong password', neo4jError('Neo.ClientError.Security.Unauthorized'), /wrong user name or password/],
    [
      'too many wrong passwords',
      neo4jError('Neo.ClientError.Security.AuthenticationRateLimit'),
      /temporarily blocked user neo4j after too many failed logins/,
    ],
    ['a full disk', neo4jError('Neo.DatabaseError.Transaction.TransactionStartFailed'), /full disk/],
    ['an unknown error', neo4jError('Neo.DatabaseError.General.UnknownError'), /returned Neo\.DatabaseError/],
  ];
  for (const [what, error, words] of ROWS) {
    it(`is explained for ${what}`, () => {
      const explained = explainNeo4j(error, neo4j);
      assert.ok(explained instanceof Explained, String(explained));
      assert.match(explained.message, words);
      assert.doesNotMatch(explained.message, /ada@acme\.com/);
    });
  }

  it('is returned unchanged if the statement is invalid or the error is not from Neo4j', () => {
    for (const error of [neo4jError('Neo.ClientError.Statement.SyntaxError'), new Error('else')])
      assert.equal(explainNeo4j(error, neo4j), error);
  });
});

/** Builds an error as the gRPC client throws it. */
const grpcError = (code: number) =>
  Object.assign(new Error('14 UNAVAILABLE: at a place'), { code, details: '', metadata: {} });

describe('An error of Temporal', () => {
  const { temporal } = configFor({ TEMPORAL_ADDRESS: 'temporal.acme.com:7233', TEMPORAL_NAMESPACE: 'okta' });
  const tls = configFor({ TEMPORAL_ADDRESS: 'temporal.acme.com:7233', TEMPORAL_TLS: 'true' }).temporal;

  const ROWS: readonly [what: string, error: Error, words: RegExp][] = [
    [
      'a server that cannot be reached',
      grpcError(14),
      /^Temporal does not respond at temporal\.acme\.com:7233 \(without TLS\)\. Start it/,
    ],
    ['a server that does not answer in time', grpcError(4), /^Temporal does not respond at/],
    [
      "an error that has gRPC's as its cause",
      new Error('Failed to start', { cause: grpcError(14) }),
      /^Temporal does not respond at/,
    ],
    [
      'a missing namespace',
      new NamespaceNotFoundError('okta'),
      /has no namespace okta\. Set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace okta$/,
    ],
    ['a caller without permission', grpcError(7), /denied access to namespace okta\. Set TEMPORAL_API_KEY/],
    ['an unauthenticated caller', grpcError(16), /denied access to namespace okta\. Set TEMPORAL_API_KEY/],
    [
      'any other gRPC code',
      grpcError(13),
      /returned an error \(gRPC code 13\)\. Check that this is its gRPC address/,
    ],
  ];
  for (const [what, error, words] of ROWS)
    it(`is explained for ${what}`, () => {
      const explained = explainTemporal(error, temporal);
      assert.ok(explained instanceof Explained);
      assert.match(explained.message, words);
      assert.doesNotMatch(explained.message, /at a place/);
    });

  it('shows whether TLS was used, a frequent mistake', () => {
    assert.match((explainTemporal(grpcError(14), tls) as Error).message, /:7233 over TLS\./);
  });

  it('is returned unchanged if something does not exist or already exists, or the error is not from gRPC', () => {
    for (const error of [grpcError(5), grpcError(6), new Error('else'), 'text'])
      assert.equal(explainTemporal(error, temporal), error);
  });
});

describe('A Neo4j that accepts the connection and never responds', () => {
  it('is reported with its address and the timeout', () => {
    const { message } = neo4jUnresponsive(configFor({}).neo4j, 15_000);
    assert.match(message, /^Neo4j at bolt:\/\/127\.0\.0\.1:1 .* did not respond within 15 s\./);
  });
});
