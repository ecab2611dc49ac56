import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { succeeds } from './command';
import type { Log } from './log';

const HOST = '127.0.0.1';

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** `preferred` when nobody listens on it, else any free port, which is told; any free one without a preference. */
export async function choosePort(preferred: number | undefined, purpose: string, log: Log): Promise<number> {
  if (preferred === undefined) return freePort();
  if (await isPortFree(preferred)) return preferred;
  const port = await freePort();
  log(`Port ${preferred} is taken, so ${purpose} listens on ${port}`);
  return port;
}

/** Whether a server could listen on this port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  // Some systems let two servers share a port when only one of them listens on every address.
  if (await succeeds(connectTo(port))) return false;
  return succeeds(listenOnce(port));
}

/**
 * Connects to a port of 127.0.0.1 and hangs up.
 *
 * @throws Error when nobody listens there.
 */
export async function connectTo(port: number): Promise<void> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
