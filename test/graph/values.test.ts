import assert from 'node:assert/strict';
import { contentHash, dateTime, integer } from '../../src/graph/values';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';

describe('values on their way to Neo4j', () => {
  const graph = useGraph();

  const TIMES = [
    '2026-05-06T07:08:09.123Z',
    '1969-12-31T23:59:59.999Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ];
  for (const time of TIMES) {
    it(`keep the time ${time} to the millisecond, as a DateTime in UTC`, async () => {
      const ms = Date.parse(time);
      const found = await graph.value<{ type: boolean; ms: number; zone: string }>(
        'RETURN {type: $at IS :: ZONED DATETIME, ms: $at.epochMillis, zone: $at.timezone} AS value',
        { at: dateTime(ms) },
      );
      assert.deepEqual(found, { type: true, ms, zone: 'Z' });
    });
  }

  it('are null for a time that is not known', () => assert.equal(dateTime(undefined), null));

  it('are whole numbers where they are counts', async () => {
    for (const n of [0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const [type, value] = [
        await graph.value('RETURN valueType($n) AS value', { n: integer(n) }),
        await graph.value('RETURN $n AS value', { n: integer(n) }),
      ];
      assert.deepEqual([type, value], ['INTEGER NOT NULL', n]);
    }
  });

  it('have a short hash that differs by content, and by where one part ends', () => {
    assert.equal(contentHash('a', 'b'), contentHash('a', 'b'));
    const names = [contentHash('a', 'b'), contentHash('ab'), contentHash('ab', ''), contentHash('b', 'a')];
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[A-Za-z0-9_-]{22}$/);
  });
});
