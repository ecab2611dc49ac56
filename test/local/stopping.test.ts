import assert from 'node:assert/strict';
import { setImmediate as tick } from 'node:timers/promises';
import { type StopStep, stopInOrder, stopTogether } from '../../src/local/stopping';

describe('The steps at the end', () => {
  let done: string[];
  let logged: string[];
  const log = (line: string) => void logged.push(line);
  const slow = (action: string): StopStep => ({
    action,
    run: async () => {
      await tick();
      done.push(action);
    },
  });
  const failing: StopStep = {
    action: 'stop Temporal',
    run: () => Promise.reject(new Error('kill EPERM\nat a place')),
  };

  beforeEach(() => {
    done = [];
    logged = [];
  });

  for (const [order, stop] of [
    ['in order', stopInOrder],
    ['concurrently', stopTogether],
  ] as const) {
    it(`all run ${order}, even if one fails, which is logged`, async () => {
      await stop([slow('stop the org'), failing, slow('stop Neo4j')], log);
      assert.deepEqual(done, ['stop the org', 'stop Neo4j']);
      assert.deepEqual(logged, ['Could not stop Temporal: kill EPERM']);
    });
  }

  it('run in order only after the previous step has ended', async () => {
    const quick: StopStep = { action: 'quick', run: () => Promise.resolve(done.push('quick')) };
    await stopInOrder([slow('slow'), quick], log);
    assert.deepEqual(done, ['slow', 'quick']);
  });
});
