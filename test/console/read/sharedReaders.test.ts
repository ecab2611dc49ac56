import assert from 'node:assert/strict';
import { SharedReaders } from '../../../src/console/read/sharedReaders';
import { ManualClock } from '../support/manualClock';

describe('A shared reader', () => {
  let clock: ManualClock;
  let readers: SharedReaders<number>;
  let reads: number;
  let finish: (() => void)[];

  beforeEach(() => {
    clock = new ManualClock();
    readers = new SharedReaders(1_000, clock);
    reads = 0;
    finish = [];
  });

  /** A read that is in progress until the test finishes it. */
  const slowRead = () =>
    new Promise<number>((resolve) => {
      const value = (reads += 1);
      finish.push(() => resolve(value));
    });
  const read = () => Promise.resolve((reads += 1));

  /** Follows a key and collects its values. */
  function follow(key: string, how: () => Promise<number>) {
    const leaving = new AbortController();
    const values: number[] = [];
    const done = (async () => {
      for await (const value of readers.follow(key, how, leaving.signal)) values.push(value);
    })();
    const leave = async () => {
      leaving.abort();
      await done;
    };
    return { values, leave };
  }

  it('gives all followers the same values, and a later follower the latest value immediately', async () => {
    const first = follow('a', read);
    await clock.advance(2_000);
    const second = follow('a', read);
    await clock.advance(0);
    assert.deepEqual(second.values, [3]);
    await clock.advance(1_000);
    assert.deepEqual(first.values, [1, 2, 3, 4]);
    assert.deepEqual(second.values, [3, 4]);
    assert.equal(reads, 4);
  });

  it('exists once per key', async () => {
    follow('a', read);
    follow('b', read);
    await clock.advance(1_000);
    assert.equal(reads, 4);
  });

  it('ends immediately with its last follower', async () => {
    const followers = [follow('a', read), follow('a', read)];
    await clock.advance(0);
    await followers[0]?.leave();
    assert.equal(clock.delays.length, 1);
    await followers[1]?.leave();
    await clock.advance(0);
    assert.equal(clock.delays.length, 0);
    await clock.advance(10_000);
    assert.equal(reads, 1);
  });

  it('makes one read at a time, even if followers come and go during a read', async () => {
    for (let i = 0; i < 5; i += 1) await follow('a', slowRead).leave();
    const last = follow('a', slowRead);
    await clock.advance(0);
    assert.equal(reads, 1);
    finish.shift()?.();
    await clock.advance(0);
    assert.deepEqual(last.values, [1]);
    await last.leave();
    await clock.advance(0);
    const next = follow('a', slowRead);
    await clock.advance(0);
    assert.equal(reads, 2, 'a follower after the end must start a new read');
    finish.shift()?.();
    await next.leave();
  });

  it('does not wait for a slow follower, who then gets the latest value', async () => {
    const iterator = readers.follow('a', read, new AbortController().signal);
    assert.equal((await iterator.next()).value, 1);
    await clock.advance(5_000);
    assert.equal((await iterator.next()).value, 6);
    await iterator.return();
    assert.equal(clock.delays.length, 0);
  });
});
