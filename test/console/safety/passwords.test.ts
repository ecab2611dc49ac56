import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { mock } from 'node:test';
import { passwordVerifier } from '../../../src/console/safety/passwords';
import { Secret } from '../../../src/orgs/secret';
import { QUICK_SCRYPT } from '../support/consoleUnderTest';

const PASSWORD = 'correct horse battery';
const TRIES = ['correct horse batterz', 'xorrect horse battery', '', 'x'.repeat(10_000)];

describe('The password check', () => {
  afterEach(() => mock.restoreAll());

  it('accepts only the right password', async () => {
    const verify = passwordVerifier(new Secret(PASSWORD), QUICK_SCRYPT);
    assert.equal(await verify(PASSWORD), true);
    for (const attempt of [...TRIES, `${PASSWORD} `, PASSWORD.toUpperCase()])
      assert.equal(await verify(attempt), false, attempt.slice(0, 30));
  });

  // The duration of a comparison is too short to measure reliably, so this checks which function is used.
  it('only compares hashes of equal length in constant time', async () => {
    const compare = mock.method(crypto, 'timingSafeEqual', () => true);
    const verify = passwordVerifier(new Secret(PASSWORD), QUICK_SCRYPT);
    for (const attempt of [PASSWORD, ...TRIES]) assert.equal(await verify(attempt), true);
    assert.equal(compare.mock.callCount(), 1 + TRIES.length);
    for (const { arguments: sides } of compare.mock.calls)
      assert.deepEqual(
        sides.map((side) => side.byteLength),
        [32, 32],
      );
  });

  it('derives one hash at a time, with OWASP’s cost by default', async () => {
    const costs: unknown[] = [];
    let atOnce = 0;
    let maxAtOnce = 0;
    const { scrypt } = crypto;
    mock.method(crypto, 'scrypt', (...[text, salt, length, cost, done]: Parameters<typeof scrypt>) => {
      costs.push(cost);
      maxAtOnce = Math.max(maxAtOnce, (atOnce += 1));
      scrypt(text, salt, length, QUICK_SCRYPT, (error, hash) => {
        atOnce -= 1;
        done(error, hash);
      });
    });
    const verify = passwordVerifier(new Secret(PASSWORD));
    await Promise.all(TRIES.map(verify));
    assert.equal(maxAtOnce, 1);
    assert.equal(costs.length, 1 + TRIES.length);
    for (const cost of costs) assert.deepEqual(cost, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 });
  });
});
