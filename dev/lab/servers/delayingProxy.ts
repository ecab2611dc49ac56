import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Sees the bytes of one connection; each chunk as the client sends it, and as the client receives it. */
export interface ConnectionObserver {
  sent(bytes: Buffer): void;
  received(bytes: Buffer): void;
}

export interface DelayingProxyOptions {
  /** The server's address. */
  host: string;
  port: number;
  /** Delay of each direction in milliseconds: a round trip takes twice as long. */
  delayMs: number;
  /** Called for each connection. */
  observe?: () => ConnectionObserver;
}

export interface DelayingProxy {
  /** Port on 127.0.0.1. */
  port: number;
  /** Mean delay of a chunk so far, in milliseconds: at least `delayMs`, more on a busy machine. */
  meanDelayMs(): number;
  /** Closes the connections too. */
  stop(): Promise<void>;
}

/**
 * A TCP proxy that makes a server appear far away: bytes are delivered later, in their order, and as many as are sent,
 * so latency grows but bandwidth does not shrink.
 */
export async function startDelayingProxy(options: DelayingProxyOptions): Promise<DelayingProxy> {
  const { host, port, delayMs, observe } = options;
  const sockets = new Set<Socket>();
  const delays = { chunks: 0, totalMs: 0 };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const observer = observe?.();
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        sockets.delete(socket);
        if (socket.errored || !socket.readableEnded) other.destroy();
      });
    }
    const delay = { ms: delayMs, took: (ms: number) => ((delays.chunks += 1), (delays.totalMs += ms)) };
    if (observer) client.on('data', (bytes: Buffer) => observer.sent(bytes));
    forward(client, upstream, delay);
    forward(upstream, client, delay, (bytes) => observer?.received(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    meanDelayMs: () => (delays.chunks === 0 ? 0 : delays.totalMs / delays.chunks),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Delay {
  ms: number;
  /** Takes note of how long a chunk was really kept. */
  took(ms: number): void;
}

/** A chunk on its way; the end of the stream is one without bytes. */
interface Parcel {
  bytes: Buffer | undefined;
  arrivedAt: number;
}

function forward(from: Socket, to: Socket, delay: Delay, onDelivery?: (bytes: Buffer) => void): void {
  const parcels: Parcel[] = [];
  let timer: NodeJS.Timeout | undefined;
  const deliverDue = () => {
    timer = undefined;
    for (let next = parcels[0]; next; next = parcels[0]) {
      const keptMs = performance.now() - next.arrivedAt;
      if (keptMs < delay.ms) {
        timer = setTimeout(deliverDue, Math.ceil(delay.ms - keptMs));
        return;
      }
      parcels.shift();
      if (!next.bytes) {
        to.end();
        return;
      }
      delay.took(keptMs);
      onDelivery?.(next.bytes);
      // A receiver that is slow slows the sender, as without the proxy.
      if (!to.write(next.bytes)) from.pause();
    }
  };
  const take = (bytes?: Buffer) => {
    parcels.push({ bytes, arrivedAt: performance.now() });
    if (!timer) deliverDue();
  };
  from.on('data', take);
  from.once('end', () => take());
  to.on('drain', () => from.resume());
  to.once('close', () => clearTimeout(timer));
}
