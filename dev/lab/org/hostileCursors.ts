import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';

/** A listener beside a simulated org, at a port that a cursor can make out of the org's own. */
export interface NeighborPort {
  /** The org's own port; appending `digit` to it gives the listener's. */
  orgPort: number;
  digit: string;
  /** What the listener was sent: method, path and `Authorization` of each request. */
  requests: readonly string[];
  /** Connections that it was asked for so far, whatever was spoken in them. */
  readonly connections: number;
  stop(): Promise<void>;
}

/** Finds a free port of four digits for the org, and listens at the port that one more digit makes of it. */
export async function listenAtLongerPort(): Promise<NeighborPort> {
  const requests: string[] = [];
  for (let orgPort = 1_100 + (process.pid % 4_000); ; orgPort += 1) {
    if (!(await canListen(orgPort))) continue;
    const server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
      response.end('[]');
    });
    const digit = await new Promise<string | undefined>((resolve) => {
      server.once('error', () => resolve(undefined));
      server.listen(orgPort * 10 + 7, '127.0.0.1', () => resolve('7'));
    });
    if (digit === undefined) continue;
    let connections = 0;
    server.on('connection', () => (connections += 1));
    return {
      orgPort,
      digit,
      requests,
      get connections() {
        return connections;
      },
      async stop() {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port === port;
  } catch {
    return false;
  } finally {
    server.close();
    await delay(0);
  }
}

/**
 * Cursors that a forged state, input or heartbeat may hold for a list, by what they try.
 *
 * @param list the list's own path.
 */
export function hostileCursors(list: string, { orgPort, digit }: Pick<NeighborPort, 'orgPort' | 'digit'>) {
  const stranger = `127.0.0.1:${orgPort}${digit}`;
  const page = `${list}?limit=200`;
  return new Map([
    ['a longer host name', `.evil.example${page}`],
    ['a longer host name without a scheme', '.evil/x'],
    ['a digit that lengthens the port', `${digit}${page}`],
    ['another port', ':1/x'],
    ['another port, as user info', `@${stranger}${page}`],
    ['user info', '@evil/x'],
    ['a network path', `//${stranger}${page}`],
    ['a network path to a name', '//evil/x'],
    ['a backslash in place of a slash', `\\\\${stranger}${page}`],
    ['a backslash behind a slash', `/\\${stranger}${page}`],
    ['a tab within slashes', `/\t/${stranger}${page}`],
    ['a line break within slashes', `/\n/${stranger}${page}`],
    ['a leading blank', ` //${stranger}${page}`],
    ['an absolute URL', `http://${stranger}${page}`],
    ['an absolute URL of the org itself', `http://127.0.0.1:${orgPort}${page}`],
    ['dots that lead out of the list', `${list}/../apps`],
    ['encoded dots that lead out of the list', `${list}/%2e%2e/apps`],
    ['another path of the org', '/api/v1/apps?limit=200'],
    ['a path below the list', `${list}/00u1?limit=200`],
    ['a path that begins as the list does', `${list}types`],
    ['a fragment', `${page}#fragment`],
    ['no text', ''],
  ]);
}
