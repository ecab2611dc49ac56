import assert from 'node:assert/strict';
import { readAhead } from '../../src/activities/readAhead';

/** A source that records what was asked of it. */
function numbers(end: number, failAt = Infinity) {
  const asked: number[] = [];
  async function* source(): AsyncGenerator<number> {
    for (let i = 1; i <= end; i += 1) {
      asked.push(i);
      await Promise.resolve();
      if (i === failAt) throw new Error(`no ${i}`);
      yield i;
    }
  }
  return { asked, source: source() };
}

const aWhile = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('Reading ahead', () => {
  it('hands over every item once and in order, all that are ready together', async () => {
    const batches: number[][] = [];
    for await (const batch of readAhead(numbers(10).source, 3)) {
      batches.push(batch);
      await aWhile();
    }
    assert.deepEqual(batches.flat(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(batches, [[1], [2, 3, 4], [5, 6, 7], [8, 9, 10]]);
  });

  it('asks for no more than were allowed while nobody takes them', async () => {
    const { asked, source } = numbers(10);
    const batches = readAhead(source, 3);
    await batches.next();
    await aWhile();
    assert.deepEqual(asked, [1, 2, 3, 4]);
  });

  it('ends at once when the source is empty', async () => {
    assert.deepEqual(await readAhead(numbers(0).source, 3).next(), { done: true, value: undefined });
  });

  it('throws what the source throws, after the items before it', async () => {
    const seen: number[] = [];
    const all = async () => {
      for await (const batch of readAhead(numbers(10, 4).source, 3)) {
        seen.push(...batch);
        await aWhile();
      }
    };
    await assert.rejects(all, /no 4/);
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it('asks for nothing more once its consumer has stopped', async () => {
    const { asked, source } = numbers(10);
    const [first] = await (async () => {
      for await (const batch of readAhead(source, 2)) return batch;
      return [];
    })();
    await aWhile();
    assert.equal(first, 1);
    assert(asked.length <= 3, `${asked.length} were asked for`);
  });
});
