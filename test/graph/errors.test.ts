import assert from 'node:assert/strict';
import { Neo4jError } from 'neo4j-driver';
import { explainNeo4jError } from '../../src/graph/errors';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { openGraph, useGraph } from '../../dev/lab/graph/graphUnderTest';

const neo4jError = (
  code: string,
  message = "Node(7) already exists with `email` = 'ada@acme.com'",
  cause?: Error,
) => new Neo4jError(message, code, '22N80', '', {} as never, cause);

const ROWS: readonly [code: string, ours: string, retryable: boolean, advice: RegExp][] = [
  ['Neo.ClientError.Security.Unauthorized', 'GRAPH_UNAUTHORIZED', false, /NEO4J_USERNAME and NEO4J_PASSWORD/],
  ['Neo.ClientError.Security.AuthenticationRateLimit', 'GRAPH_UNAUTHORIZED', true, /NEO4J_PASSWORD/],
  ['Neo.ClientError.Security.CredentialsExpired', 'GRAPH_UNAUTHORIZED', false, /NEO4J_PASSWORD/],
  ['Neo.ClientError.Security.Forbidden', 'GRAPH_FORBIDDEN', false, /constraints and indexes/],
  ['Neo.ClientError.Database.DatabaseNotFound', 'GRAPH_NO_DATABASE', false, /NEO4J_DATABASE/],
  ['Neo.ClientError.Schema.ConstraintValidationFailed', 'GRAPH_CONFLICT', false, /another tool/],
  ['Neo.DatabaseError.Schema.ConstraintCreationFailed', 'GRAPH_CONFLICT', false, /another tool/],
  ['Neo.ClientError.Schema.IndexAlreadyExists', 'GRAPH_CONFLICT', false, /another tool/],
  [
    'Neo.TransientError.General.MemoryPoolOutOfMemoryError',
    'GRAPH_OUT_OF_MEMORY',
    true,
    /memory\.transaction/,
  ],
  ['Neo.TransientError.General.OutOfMemoryError', 'GRAPH_OUT_OF_MEMORY', true, /heap/],
  ['Neo.ClientError.General.ForbiddenOnReadOnlyDatabase', 'GRAPH_READ_ONLY', true, /read-only/],
  ['Neo.ClientError.Cluster.NotALeader', 'GRAPH_READ_ONLY', true, /no writes/],
  ['Neo.DatabaseError.Transaction.TransactionStartFailed', 'GRAPH_NEEDS_RESTART', true, /full disk/],
  ['Neo.DatabaseError.Transaction.TransactionCommitFailed', 'GRAPH_NEEDS_RESTART', true, /restart it/],
  [
    'Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration',
    'GRAPH_TIMED_OUT',
    true,
    /overloaded/,
  ],
  ['ServiceUnavailable', 'GRAPH_UNREACHABLE', true, /NEO4J_URI/],
  ['SessionExpired', 'GRAPH_UNREACHABLE', true, /NEO4J_URI/],
  ['Neo.TransientError.General.DatabaseUnavailable', 'GRAPH_DATABASE_UNAVAILABLE', true, /SHOW DATABASES/],
  ['Neo.TransientError.Database.DatabaseUnavailable', 'GRAPH_DATABASE_UNAVAILABLE', true, /SHOW DATABASES/],
  ['Neo.DatabaseError.Database.UnableToStartDatabase', 'GRAPH_DATABASE_UNAVAILABLE', true, /could not start/],
  ['Neo.TransientError.Transaction.BookmarkTimeout', 'GRAPH_BEHIND', true, /latest writes/],
  [
    'Neo.DatabaseError.General.UnknownError',
    'GRAPH_ERROR',
    true,
    /Neo\.DatabaseError\.General\.UnknownError/,
  ],
];

describe('an error of Neo4j', () => {
  const graph = useGraph();

  for (const [code, ours, retryable, advice] of ROWS) {
    it(`${code} is ${ours}, ${retryable ? 'to be retried' : 'final'}`, () => {
      const explained = explainNeo4jError(neo4jError(code));
      assert.deepEqual([explained?.code, explained?.retryable], [ours, retryable]);
      assert.match(explained?.message ?? '', advice);
      assert.ok(!JSON.stringify(explained).includes('ada@acme.com'), 'its own text can quote a person');
    });
  }

  /** The driver's own errors, which say the cause only in their text, or in what they are caused by. */
  const OF_THE_DRIVER: readonly [what: string, error: Neo4jError, ours: string][] = [
    [
      'no pooled connection in time',
      neo4jError('N/A', 'Connection acquisition timed out in 8000 ms. Pool status: …'),
      'GRAPH_UNREACHABLE',
    ],
    [
      'no member of a cluster that takes writes',
      neo4jError(
        'SessionExpired',
        'Failed to obtain connection towards WRITE server. Known routing table is: …',
      ),
      'GRAPH_DATABASE_UNAVAILABLE',
    ],
    [
      'no member of a cluster that can be reached',
      neo4jError('ServiceUnavailable', 'Could not perform discovery.', neo4jError('SessionExpired')),
      'GRAPH_UNREACHABLE',
    ],
  ];
  for (const [what, error, ours] of OF_THE_DRIVER) {
    it(`of the driver for ${what} is ${ours}, to be retried`, () => {
      const explained = explainNeo4jError(error);
      assert.deepEqual([explained?.code, explained?.retryable], [ours, true]);
    });
  }

  it('is distinguished from any other error', () => {
    for (const error of [
      new Error('ServiceUnavailable'),
      undefined,
      null,
      'text',
      { code: 'ServiceUnavailable' },
    ])
      assert.equal(explainNeo4jError(error), undefined);
  });

  const REAL: readonly [what: string, change: Record<string, string>, ours: string][] = [
    ['a wrong password', { NEO4J_PASSWORD: 'wrong' }, 'GRAPH_UNAUTHORIZED'],
    ['a database that is not there', { NEO4J_DATABASE: 'nowhere' }, 'GRAPH_NO_DATABASE'],
    ['a port where nobody listens', { NEO4J_URI: 'bolt://127.0.0.1:1' }, 'GRAPH_UNREACHABLE'],
  ];
  for (const [what, change, ours] of REAL) {
    it(`is understood for ${what}`, async function () {
      this.timeout(SERVICE_TIMEOUT_MS);
      const db = await openGraph(change);
      try {
        const error: unknown = await db.run('RETURN 1 AS one').catch((reason: unknown) => reason);
        assert.equal(explainNeo4jError(error)?.code, ours, String(error));
      } finally {
        await db.close();
      }
    });
  }

  it('is understood for a constraint that refuses a row', async () => {
    const twice = graph.set('UNWIND [1, 2] AS i CREATE (:User {okta_domain: $domain, id: "00u1"})');
    const error: unknown = await twice.catch((reason: unknown) => reason);
    assert.equal(explainNeo4jError(error)?.code, 'GRAPH_CONFLICT');
  });
});
