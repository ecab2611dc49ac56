import assert from 'node:assert/strict';
import type { GraphDatabase } from '../../src/graph/database';
import { boundParameters } from '../../src/queries/answer';
import { findQuestion } from '../../src/queries/registry';
import { UsageError } from '../../src/usageError';

describe('A pattern that a person gives', () => {
  let sent: unknown[];
  /** Stands where Neo4j would be, to see what reaches it. */
  const db = {
    read: (_cypher: string, parameters: { value: unknown }) => {
      sent.push(parameters.value);
      return Promise.resolve([]);
    },
  } as unknown as GraphDatabase;
  beforeEach(() => void (sent = []));

  const bind = (given: Record<string, string[]>) => {
    const question = findQuestion('sensitive-groups');
    assert.ok(question);
    return boundParameters(db, question, {
      domain: 'acme.okta.com',
      given,
      now: new Date(),
      historyRetentionMs: 0,
    });
  };

  for (const pattern of [
    ...['(.*.){20}#', '(a+)+b', '(a*)*', '(a|a)*', '(a|a) +', '(a?){9}', 'a{1000}'],
    ...['(x)\\1', '(?<n>x)\\k<n>', '.*.*.*x', '.+.+.*.*'],
  ]) {
    it(`never reaches Neo4j where it may take for ever there: ${pattern}`, async () => {
      await assert.rejects(bind({ pattern: [pattern] }), (error: unknown) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(
          error.message,
          /^pattern must be a simple regular expression, without repeated groups, /,
        );
        assert.ok(error.message.endsWith(pattern), error.message);
        return true;
      });
      assert.deepEqual(sent, []);
    });
  }

  for (const pattern of [undefined, '.*admin.*|root', 'Payroll (EU|US)', '.*\\(prod\\).*', '^[a-z]+-ops$'])
    it(`is used where it is simple: ${pattern ?? 'the default'}`, async () => {
      const given: Record<string, string[]> = pattern === undefined ? {} : { pattern: [pattern] };
      const bound = await bind(given);
      assert.ok(bound['pattern']);
      assert.deepEqual(sent, [pattern ?? bound['pattern']]);
    });
});
