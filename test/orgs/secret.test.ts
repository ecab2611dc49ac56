import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { Secret } from '../../src/orgs/secret';

describe('a secret', () => {
  const VALUE = '00-the-token-itself';
  const secret = new Secret(VALUE);

  it('is returned to whoever asks for it by name', () => {
    assert.equal(secret.reveal(), VALUE);
  });

  const prints: readonly [where: string, print: (value: unknown) => string][] = [
    ['a template', (value) => `${String(value)}`],
    ['a concatenation', (value) => 'token ' + (value as string)],
    ['JSON', (value) => JSON.stringify({ value })],
    ['inspect', (value) => inspect({ value }, { depth: null, showHidden: true, getters: true })],
    ['a logged object', (value) => format('%o %O %j %s', value, value, value, value)],
    ['the message of a failed assertion', (value) => messageOf(() => assert.deepEqual({ value }, {}))],
    ['its own keys', (value) => Reflect.ownKeys(value as object).join()],
    ['a copy', (value) => JSON.stringify({ ...(value as object) })],
  ];
  for (const [where, print] of prints) {
    it(`does not show in ${where}`, () => assert.doesNotMatch(print(secret), new RegExp(VALUE)));
  }
});

function messageOf(fail: () => void): string {
  try {
    fail();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
