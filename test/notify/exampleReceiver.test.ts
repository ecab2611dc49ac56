import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { testNotice } from '../../src/notify/notice';
import { NotifyError, sendNotice } from '../../src/notify/send';
import { configFor } from '../../dev/lab/configFor';
import { RECEIVER_KEY } from '../../dev/lab/servers/receiver';

describe('The receiver in docs/notifications.md', () => {
  const [, example = ''] =
    /```js\n(.*?)```/s.exec(readFileSync('docs/notifications.md', 'utf8')) ?? assert.fail();

  it('accepts what is signed with its key, and nothing else', async () => {
    // Only the port is another one.
    const code = example.replace(
      '.listen(9000)',
      '.listen(0, function () { console.log(this.address().port); })',
    );
    assert.notEqual(code, example);
    const receiver = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, NOTIFY_SECRET: RECEIVER_KEY },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [port] = (await once(receiver.stdout, 'data')) as [Buffer];
      const send = (key: string) => {
        const url = `http://localhost:${port.toString().trim()}/`;
        const { notify = assert.fail() } = configFor({ NOTIFY_URL: url, NOTIFY_SECRET: key });
        return sendNotice(notify, testNotice(), 'test_x');
      };
      const printed = once(receiver.stdout, 'data') as Promise<[Buffer]>;
      assert.equal((await send(RECEIVER_KEY)).status, 204);
      assert.equal(String((await printed)[0]), 'A test has arrived.\n');
      await assert.rejects(send(`whsec_${Buffer.alloc(32).toString('base64')}`), (error) => {
        return error instanceof NotifyError && error.receipt?.status === 401;
      });
    } finally {
      receiver.kill();
      await once(receiver, 'exit');
    }
  });
});
