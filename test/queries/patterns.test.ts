import assert from 'node:assert/strict';
import type { GraphDatabase } from '../../src/graph/database';
import { boundParameters } from '../../src/queries/answer';
import { findQuestion } from '../../src/queries/registry';
import { brief } from '../../src/text/printable';
import { UsageError } from '../../src/text/usageError';

describe('A pattern given as a parameter', () => {
  let sent: unknown[];
  /** Records the patterns that would be sent to Neo4j. */
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
    ...['(?x)((.|..)#c\n+x)#d\n+', '(?i)x', `${'.?'.repeat(25)}!`, '(?=.*x)'],
    ...['(x)\\1', '(?<n>x)\\k<n>', '.*.*.*x', '.+.+.*.*'],
  ]) {
    it(`is not sent to Neo4j if it may take exponential time: ${pattern}`, async () => {
      await assert.rejects(bind({ pattern: [pattern] }), (error: unknown) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(
          error.message,
          /^pattern must be a simple regular expression, without repeated groups, /,
        );
        assert.ok(error.message.endsWith(brief(pattern)), error.message);
        return true;
      });
      assert.deepEqual(sent, []);
    });
  }

  for (const pattern of [undefined, '.*admin.*|root', 'Payroll (EU|US)', '.*\\(prod\\).*', '^[a-z]+-ops$'])
    it(`is used if it is simple: ${pattern ?? 'the default'}`, async () => {
      const given: Record<string, string[]> = pattern === undefined ? {} : { pattern: [pattern] };
      const bound = await bind(given);
      assert.ok(bound['pattern']);
      assert.deepEqual(sent, [pattern ?? bound['pattern']]);
    });
});
