import assert from 'node:assert/strict';
import { setImmediate as tick } from 'node:timers/promises';
import { type StopStep, stopInOrder, stopTogether } from '../../src/local/stopping';

describe('What is stopped at the end', () => {
  let done: string[];
  let logged: string[];
  const log = (line: string) => void logged.push(line);
  const slow = (what: string): StopStep => ({
    what,
    run: async () => {
      await tick();
      done.push(what);
    },
  });
  const failing: StopStep = {
    what: 'stop Temporal',
    run: () => Promise.reject(new Error('kill EPERM\nat a place')),
  };

  beforeEach(() => {
    done = [];
    logged = [];
  });

  for (const [how, stop] of [
    ['one after the other', stopInOrder],
    ['at the same time', stopTogether],
  ] as const) {
    it(`${how}, is stopped also when one of them cannot be, which is logged`, async () => {
      await stop([slow('stop the org'), failing, slow('stop Neo4j')], log);
      assert.deepEqual(done, ['stop the org', 'stop Neo4j']);
      assert.deepEqual(logged, ['Could not stop Temporal: kill EPERM']);
    });
  }

  it('in an order, is stopped only when what comes before it has ended', async () => {
    const quick: StopStep = { what: 'quick', run: () => Promise.resolve(done.push('quick')) };
    await stopInOrder([slow('slow'), quick], log);
    assert.deepEqual(done, ['slow', 'quick']);
  });
});
