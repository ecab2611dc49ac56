import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RawItem, splitItems } from '../../src/okta/items';

const split = (text: string): RawItem[] | undefined => splitItems(Buffer.from(text));

describe('the items of a page', () => {
  it('are what JSON.parse finds, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), fc.constantFrom('', ' ', '\r\n\t'), (texts, space) => {
        const body = `${space}[${texts.map((text) => `${space}${text}${space}`).join(',')}]${space}`;
        assert.deepEqual(
          split(body)?.map(({ value }) => value),
          JSON.parse(body),
        );
      }),
    );
  });

  it('keep the text of each object to the letter', () => {
    const texts = [
      '{"id":"00u1","n":12345678901234567890,"f":1.0,"e":1e2}',
      '{ "id" : "00u2",\n  "name" : "Half\\ud83d Nu\\u0000ll 𠮷野 \\"\\\\" }',
      '{}',
    ];
    assert.deepEqual(
      split(`[${texts.join(' , ')}]`)?.map(({ json }) => json),
      texts,
    );
  });

  const IDS: readonly [item: string, id: string | undefined][] = [
    ['{"id":"00u1"}', '00u1'],
    ['{"status":"ACTIVE","profile":{"id":"inner"},"id":"00u1"}', '00u1'],
    ['{"type":{"id":"oty1"},"name":"id","list":["id","x"]}', undefined],
    ['{"name":"\\"id\\":\\"00u1\\""}', undefined],
    ['{"id":7,"name":"x"}', undefined],
    ['{"id":null,"name":"x"}', undefined],
    ['{"id":{"id":"x"}}', undefined],
    ['{"id":"id"}', 'id'],
    ['{"id":"00\\u0075"}', undefined],
    ['["id","00u1"]', undefined],
    ['"id"', undefined],
    ['{"ID":"00u1"}', undefined],
    ['{"xid":"00u1"}', undefined],
  ];
  for (const [item, id] of IDS) {
    it(`have the id ${id ?? 'of nobody'} in ${item}`, () =>
      assert.deepEqual(
        split(`[${item},{"id":"next"}]`)?.map((found) => found.id),
        [id, 'next'],
      ));
  }

  const NO_LISTS = [
    '',
    ' ',
    '{}',
    '"[]"',
    'null',
    '<html>[]</html>',
    '[',
    '[{"id":"00u1"}',
    '[{"id":"00u1"},',
    '[{"id":"00u1',
    '[{"id":"00u1\\"}]',
    '[] []',
    '[{}] [{}]',
    '[{}]]',
    '[],',
    '{"users":[]}',
  ];
  for (const text of NO_LISTS) {
    it(`are not found in ${JSON.stringify(text)}, which is no list`, () =>
      assert.equal(split(text), undefined));
  }

  it('are never found in a list that was cut, wherever that was', () => {
    const body = Buffer.from('[{"id":"00u1","profile":{"name":"[{\\"]}"}}, {"id":"00u2","tags":["a","ü"]}]');
    for (let length = 0; length < body.length; length += 1)
      assert.equal(splitItems(body.subarray(0, length)), undefined, `${length} bytes`);
    assert.equal(splitItems(body)?.length, 2);
  });

  it('that are no JSON say so one by one, and the others stay', () => {
    const [broken, whole] = split('[{"id":nonsense},{"id":"00u2"}]') ?? [];
    assert.throws(() => broken?.value, SyntaxError);
    assert.deepEqual(whole?.value, { id: '00u2' });
  });

  it('can be an answer of its own', () => {
    const item = RawItem.whole(Buffer.from('{"id":"00u1"}'));
    assert.deepEqual([item.json, item.value], ['{"id":"00u1"}', { id: '00u1' }]);
  });
});
