import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NotifySettings } from '../../src/config/notify';
import { testNotice } from '../../src/notify/notice';
import { NotifyError, sendNotice } from '../../src/notify/send';
import { configFor } from '../../dev/lab/configFor';
import { Receiver, RECEIVER_KEY, SECRET_PATH } from '../../dev/lab/servers/receiver';

describe('A notification that is sent', () => {
  let receiver: Receiver;
  let settings: NotifySettings;

  beforeEach(async () => {
    receiver = await Receiver.start(RECEIVER_KEY);
    const { notify } = configFor({ NOTIFY_URL: receiver.url, NOTIFY_SECRET: RECEIVER_KEY });
    settings = notify ?? assert.fail();
  });
  afterEach(() => receiver.stop());

  const send = (signal?: AbortSignal) => sendNotice(settings, testNotice(), 'test_x', signal);

  async function failure(): Promise<NotifyError> {
    try {
      await send();
    } catch (error) {
      assert.ok(error instanceof NotifyError, String(error));
      assert.ok(!error.message.includes(SECRET_PATH));
      return error;
    }
    return assert.fail('it was accepted');
  }

  it('is JSON with a valid signature, to the path that was configured', async () => {
    assert.deepEqual(await send(), { status: 204, text: '' });
    const [{ id, isSigned, path, headers, body } = assert.fail()] = receiver.received;
    assert.deepEqual([id, isSigned, path], ['test_x', true, `/${SECRET_PATH}`]);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal((body as { type: string }).type, 'test');
  });

  it('gives away nothing of the path that a receiver repeats', async () => {
    receiver.behaviors.push({ status: 404, body: `No webhook at POST /${SECRET_PATH}?` });
    const { receipt } = await failure();
    assert.equal(receipt?.text, 'No webhook at POST …?');
  });

  it('has another signature with another key', async () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const { notify = assert.fail() } = configFor({ NOTIFY_URL: receiver.url, NOTIFY_SECRET: other });
    await sendNotice(notify, testNotice(), 'test_x');
    assert.equal(receiver.received[0]?.isSigned, false);
  });

  it('is not taken for delivered, nor for refused, because a proxy has answered', async () => {
    for (const status of ['204 No Content', '403 Forbidden']) {
      const proxy = createServer();
      proxy.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`));
      await once(proxy.listen(0, '127.0.0.1'), 'listening');
      const { HTTPS_PROXY: before } = process.env;
      process.env['HTTPS_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const environment = { NOTIFY_URL: 'https://hooks.acme.test/x', NOTIFY_SECRET: RECEIVER_KEY };
      ({ notify: settings = assert.fail() } = configFor(environment));
      try {
        const { code, fact } = await failure();
        assert.equal(code, 'NOTIFY_FAILED');
        assert.match(
          fact,
          /^A proxy answered \d+ instead of the receiver of notifications, hooks\.acme\.test\.$/,
        );
      } finally {
        if (before === undefined) delete process.env['HTTPS_PROXY'];
        else process.env['HTTPS_PROXY'] = before;
        proxy.close();
      }
    }
  });

  for (const status of [408, 429, 500, 502, 503])
    it(`may succeed later after ${status}`, async () => {
      receiver.behaviors.push({ status });
      const error = await failure();
      assert.deepEqual([error.code, error.retryable], ['NOTIFY_FAILED', true]);
      assert.deepEqual(error.receipt, { status, text: `status ${status}` });
    });

  for (const status of [301, 400, 401, 404, 410])
    it(`is not tried again after ${status}`, async () => {
      receiver.behaviors.push({ status, headers: { Location: receiver.url } });
      const error = await failure();
      assert.deepEqual([error.code, error.retryable], ['NOTIFY_REFUSED', false]);
      assert.equal(receiver.received.length, 1);
    });

  it('waits as long as the receiver asks for, and an hour at most', async () => {
    const date = new Date(Date.now() + 90_000).toUTCString();
    const waits: (number | undefined)[] = [];
    for (const value of ['30', '86400', 'soon', '-1', date]) {
      receiver.behaviors.push({ status: 503, headers: { 'Retry-After': value } });
      waits.push((await failure()).retryAfterMs);
    }
    assert.deepEqual(waits.slice(0, 4), [30_000, 3_600_000, undefined, undefined]);
    assert.ok((waits[4] ?? 0) > 0 && (waits[4] ?? 0) <= 90_000);
  });

  it('may succeed later if nothing listens, and the error has the host alone', async () => {
    await receiver.stop();
    const { code, fact, receipt } = await failure();
    assert.deepEqual([code, receipt], ['NOTIFY_FAILED', undefined]);
    assert.match(
      fact,
      /^The receiver of notifications, 127\.0\.0\.1:\d+, could not be reached \(ECONNREFUSED\)\.$/,
    );
    receiver = await Receiver.start(RECEIVER_KEY);
  });

  it('ends with the reason of a signal', async () => {
    receiver.behaviors.push('hang');
    const stop = new AbortController();
    const sent = send(stop.signal);
    await receiver.got(1);
    stop.abort(new Error('the worker stops'));
    await assert.rejects(sent, /the worker stops/);
  });
});
