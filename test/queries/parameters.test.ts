import assert from 'node:assert/strict';
import { cypherParameters, type Given } from '../../src/queries/parameters';
import { findQuestion } from '../../src/queries/registry';

const NOW = new Date('2026-11-28T12:00:00Z');

describe('The times of a question', () => {
  const parametersOf = (id: string, given: Given) => {
    const question = findQuestion(id);
    assert(question, id);
    return cypherParameters(question, given, NOW);
  };

  it('are refused in the future, where an answer would look like an empty one', () => {
    for (const at of ['2026-11-29', '2027-01-01T00:00:00Z'])
      assert.throws(() => parametersOf('group-members-at', { group: ['g'], at: [at] }), {
        name: 'UsageError',
        message: `at is in the future: ${at}`,
      });
    assert.throws(
      () => parametersOf('joiners', { since: ['2026-12-01'] }),
      /^UsageError: since is in the future/,
    );
  });

  it('are refused if there is no such day', () => {
    assert.throws(
      () => parametersOf('group-members-at', { group: ['g'], at: ['2026-02-30'] }),
      /^UsageError: 2026-02-30 is not a valid time/,
    );
  });

  it('are refused as a period that ends before it starts', () => {
    assert.throws(() => parametersOf('membership-changes', { since: ['7d'], until: ['30d'] }), {
      name: 'UsageError',
      message: 'since (7d) is after until (30d)',
    });
  });

  it('may be now, and a period may end in the future', () => {
    parametersOf('group-members-at', { group: ['g'], at: ['0d'] });
    parametersOf('membership-changes', { since: ['2026-11-28'], until: ['2026-11-29'] });
    parametersOf('membership-changes', {});
  });
});
