import assert from 'node:assert/strict';
import { OutOfTransactionMemoryError } from '../../src/graph/database';
import { explainNeo4jError } from '../../src/graph/errors';

describe('A transaction that Neo4j has no memory for', () => {
  it('is explained as such, and retryable, where halving did not help', () => {
    const explained = explainNeo4jError(new OutOfTransactionMemoryError());
    assert.deepEqual([explained?.code, explained?.retryable], ['GRAPH_OUT_OF_MEMORY', true]);
  });
});
