import assert from 'node:assert/strict';
import { Neo4jError } from 'neo4j-driver';
import { Explained, explainNeo4j } from '../../src/cli/explain';
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
      assert.ok(explained instanceof Explained);
      assert.match(explained.message, words);
      assert.doesNotMatch(explained.message, /ada@acme\.com/);
    });
  }

  it('is left as it is where this program has written the statement wrong, and where it is not of Neo4j', () => {
    for (const error of [neo4jError('Neo.ClientError.Statement.SyntaxError'), new Error('else')])
      assert.equal(explainNeo4j(error, neo4j), error);
  });
});
