import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { succeeds } from './command';
import type { Log } from './log';

const HOST = '127.0.0.1';

/**
 * Ports that no system gives to outgoing connections by default (Linux: from 32768, others: from 49152), so that none
 * takes one between its choice and its use.
 */
const FREE_PORTS = { min: 10_000, max: 32_000 };

/** Returns a TCP port of 127.0.0.1 that is currently free, chosen at random, so that two that ask get different ones. */
export async function freePort(): Promise<number> {
  const port = randomInt(FREE_PORTS.min, FREE_PORTS.max);
  return (await isPortFree(port)) ? port : freePort();
}

/**
 * Returns `preferred` if it is free, otherwise another free port, which is logged. Without a preference, any free port.
 */
export async function choosePort(preferred: number | undefined, purpose: string, log: Log): Promise<number> {
  if (preferred === undefined) return freePort();
  if (await isPortFree(preferred)) return preferred;
  const port = await freePort();
  log(`Port ${preferred} is in use, so ${purpose} listens on ${port}`);
  return port;
}

/** Returns true if a server can listen on this port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  // Some systems allow two servers on a port if only one of them listens on all addresses.
  if (await succeeds(connectTo(port))) return false;
  return succeeds(listenOnce(port));
}

/**
 * Connects to a port of 127.0.0.1 and disconnects.
 *
 * @throws Error if the connection fails.
 */
export async function connectTo(port: number): Promise<void> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

async function listenOnce(port: number): Promise<void> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
