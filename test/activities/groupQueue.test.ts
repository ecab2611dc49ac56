import assert from 'node:assert/strict';
import { GroupQueue } from '../../src/activities/groupQueue';
import type { ClaimedGroup } from '../../src/graph/write/workList';

const group = (id: number) => ({ id: String(id) }) as ClaimedGroup;
const groups = (from: number, count: number) => Array.from({ length: count }, (_, n) => group(from + n));

describe('The queue of groups to read', () => {
  it('claims more while groups are left, so that readers do not wait for the claim', async () => {
    let claims = 0;
    let release = () => {};
    const queue = new GroupQueue(
      async () => {
        claims += 1;
        if (claims === 1) return groups(0, 100);
        await new Promise<void>((resolve) => (release = resolve));
        return claims === 2 ? groups(100, 1) : [];
      },
      () => false,
    );
    for (let n = 0; n < 100; n += 1) assert.equal((await queue.next())?.id, String(n));
    assert.equal(claims, 2, 'claimed before the hundredth was taken');
    const last = queue.next();
    release();
    assert.equal((await last)?.id, '100');
  });

  it('ends for each reader when nothing more can be claimed', async () => {
    let claims = 0;
    const queue = new GroupQueue(
      async () => groups(0, (claims += 1) === 1 ? 3 : 0),
      () => false,
    );
    const readers = Array.from({ length: 10 }, () => queue.next());
    const read = (await Promise.all(readers)).map((each) => each?.id);
    assert.deepEqual(read.filter((id) => id !== undefined).sort(), ['0', '1', '2']);
    assert.equal(await queue.next(), undefined);
    assert(queue.isExhausted);
  });

  it('hands out what it has before it reports that a claim has failed', async () => {
    let claims = 0;
    const queue = new GroupQueue(
      () => ((claims += 1) === 1 ? Promise.resolve(groups(0, 2)) : Promise.reject(new Error('no graph'))),
      () => false,
    );
    assert.equal((await queue.next())?.id, '0');
    assert.equal((await queue.next())?.id, '1');
    await assert.rejects(queue.next(), /no graph/);
  });

  it('is not exhausted while it holds groups that nobody has taken', async () => {
    let claims = 0;
    const queue = new GroupQueue(
      async () => groups(0, (claims += 1) === 1 ? 3 : 0),
      () => false,
    );
    await queue.next();
    await queue.next();
    await queue.settled();
    assert.deepEqual([claims, queue.isExhausted], [2, false]);
    await queue.next();
    assert(queue.isExhausted);
  });

  it('hands out nothing after it was stopped or when the time is up', async () => {
    let isOver = false;
    const queue = new GroupQueue(
      () => Promise.resolve(groups(0, 5)),
      () => isOver,
    );
    await queue.next();
    isOver = true;
    assert.equal(await queue.next(), undefined);
    isOver = false;
    queue.stop();
    assert.equal(await queue.next(), undefined);
  });
});
