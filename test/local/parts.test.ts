import assert from 'node:assert/strict';
import { allOrNone } from '../../src/local/parts';

describe('The parts of a local set-up', () => {
  it('are all stopped when one of them does not start, also one that starts later', async () => {
    const running = new Set(['early']);
    let start: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (start = resolve)).then(() => void running.add('late'));
    const failure = new Error('no such jar');
    const broken = Promise.reject(failure);
    queueMicrotask(start);
    await assert.rejects(
      allOrNone([Promise.resolve(), broken, false, late], async () => running.clear()),
      failure,
    );
    await late;
    assert.deepEqual([...running], []);
  });

  it('go on when all of them have started', async () => {
    let isStopped = false;
    await allOrNone([Promise.resolve(), false], async () => void (isStopped = true));
    assert.equal(isStopped, false);
  });
});
