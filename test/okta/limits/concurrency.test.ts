import assert from 'node:assert/strict';
import { Concurrency } from '../../../src/okta/limits/concurrency';

/** Starts as many as there is room for, and ends them. */
function room(concurrency: Concurrency): number {
  let started = 0;
  for (; concurrency.hasRoom(); started += 1) concurrency.started();
  for (let ended = 0; ended < started; ended += 1) concurrency.ended();
  return started;
}

describe('concurrency', () => {
  it('begins with all that is allowed', () => assert.equal(room(new Concurrency(10)), 10));

  it('is halved by each refusal, but never below one', () => {
    const concurrency = new Concurrency(10);
    const seen = [5, 2, 1, 1].map(() => {
      concurrency.rejected();
      return room(concurrency);
    });
    assert.deepEqual(seen, [5, 2, 1, 1]);
  });

  it('grows by about one with each round of successes, up to what is allowed', () => {
    const concurrency = new Concurrency(4);
    for (let refusals = 0; refusals < 3; refusals += 1) concurrency.rejected();
    const rounds = Array.from({ length: 6 }, () => {
      for (let successes = room(concurrency); successes > 0; successes -= 1) concurrency.succeeded();
      return room(concurrency);
    });
    assert.ok(
      rounds.every((now, i) => i === 0 || now - (rounds[i - 1] ?? 0) <= 1),
      rounds.join(),
    );
    assert.equal(rounds[0], 2);
    assert.equal(rounds.at(-1), 4);
  });

  it('has no room until what runs above a lowered limit has ended', () => {
    const concurrency = new Concurrency(4);
    for (let n = 0; n < 4; n += 1) concurrency.started();
    concurrency.rejected();
    concurrency.ended();
    concurrency.ended();
    assert.equal(concurrency.hasRoom(), false);
    concurrency.ended();
    assert.equal(concurrency.hasRoom(), true);
  });
});
