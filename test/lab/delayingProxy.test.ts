import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { until } from '../../dev/lab/until';
import {
  startDelayingProxy,
  type ConnectionObserver,
  type DelayingProxy,
} from '../../dev/lab/servers/delayingProxy';

describe('The proxy that makes a server appear far away', () => {
  let server: Server;
  let proxy: DelayingProxy | undefined;

  const serve = async (handle: (socket: Socket) => void): Promise<number> => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      // The proxy breaks off what a test leaves open.
      socket.on('error', () => undefined);
      handle(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const open = async (port: number, delayMs: number, observe?: () => ConnectionObserver): Promise<Socket> => {
    proxy = await startDelayingProxy({ host: '127.0.0.1', port, delayMs, ...(observe && { observe }) });
    return connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  };

  afterEach(async () => {
    await proxy?.stop();
    proxy = undefined;
    server.close();
  });

  it('delays each direction', async () => {
    const client = await open(await serve((socket) => socket.pipe(socket)), 60);
    await once(client, 'connect');
    const startedAt = performance.now();
    client.write('ping');
    assert.equal(String((await once(client, 'data'))[0]), 'ping');
    // Less than half a round trip would be one direction.
    assert.ok(performance.now() - startedAt >= 2 * 60 - 2);
    assert.ok((proxy as DelayingProxy).meanDelayMs() >= 60);
    client.destroy();
  });

  it('delivers all bytes in order, and the end of the stream, in both directions', async () => {
    const sent = Array.from({ length: 300 }, (_, index) => randomBytes(1 + ((index * 7919) % 60_000)));
    const client = await open(await serve((socket) => socket.pipe(socket)), 5);
    const received = buffer(client);
    for (const chunk of sent) {
      client.write(chunk);
      if (chunk.length % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    client.end();
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(await received), digest(Buffer.concat(sent)));
  });

  it('takes the next chunk before it has delivered the last', async () => {
    const seen: string[] = [];
    const client = await open(
      await serve((socket) => {
        socket.on('data', (bytes: Buffer) => seen.push(`arrived ${String(bytes)}`));
        socket.once('end', () => socket.end());
      }),
      300,
      () => ({ sent: (bytes) => void seen.push(`sent ${String(bytes)}`), received: () => undefined }),
    );
    client.write('a');
    await until(() => seen.length > 0);
    client.end('b');
    client.resume();
    await once(client, 'end');
    assert.deepEqual(seen.slice(0, 3), ['sent a', 'sent b', 'arrived a']);
    assert.equal(
      seen
        .slice(2)
        .join()
        .replace(/arrived |,/g, ''),
      'ab',
    );
  });

  it('keeps little in memory while the receiver does not read', async () => {
    let accepted: Socket | undefined;
    const client = await open(
      await serve((socket) => {
        accepted = socket.pause();
      }),
      1,
    );
    const total = 64 * 1024 * 1024;
    let isAllSent = false;
    client.write(Buffer.alloc(total), () => {
      isAllSent = true;
    });
    client.end();
    // All buffers on the way are full once nothing has moved for twenty looks in a row, also on a busy machine.
    const sent = () => client.bytesWritten - client.writableLength;
    for (let [still, before] = [0, -1]; still < 20; await sleep(50)) {
      still = sent() === before ? still + 1 : 0;
      before = sent();
    }
    assert.equal(isAllSent, false);
    const bytes = await buffer(accepted as Socket);
    assert.equal(bytes.length, total);
    client.destroy();
  });

  it('closes one side when the other breaks off', async () => {
    const client = await open(
      await serve((socket) => socket.once('data', () => socket.resetAndDestroy())),
      1,
    );
    client.write('x');
    client.resume();
    await once(client, 'end');
    client.destroy();
  });

  it('shows an observer what the client sends and receives', async () => {
    const seen: string[] = [];
    const client = await open(await serve((socket) => socket.pipe(socket)), 1, () => ({
      sent: (bytes) => seen.push(`sent ${String(bytes)}`),
      received: (bytes) => seen.push(`received ${String(bytes)}`),
    }));
    client.write('ping');
    await once(client, 'data');
    assert.deepEqual(seen, ['sent ping', 'received ping']);
    client.destroy();
  });
});
