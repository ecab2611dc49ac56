import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { exitWhenWritten } from '../../src/cli/exitWhenWritten';

describe('The end of a command', () => {
  it('waits until its output was read', async () => {
    const waiting: (() => void)[] = [];
    const slow = new Writable({ write: (_chunk, _encoding, done) => void waiting.push(done) });
    slow.write('a long table');
    let isWritten = false;
    const ending = exitWhenWritten([slow], () => undefined).then(() => (isWritten = true));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isWritten, false);
    while (!isWritten) {
      waiting.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ending;
  });
});
