import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The Bolt message COMMIT: a structure of no fields, signature 0x12. */
const COMMIT = Buffer.from([0xb0, 0x12]);

/** Long enough for Neo4j to commit. */
const COMMIT_MS = 150;

export interface CuttingProxy {
  uri: string;
  /** From now on, the next commit reaches Neo4j, and its answer is lost with the connection. */
  arm(): void;
  readonly cuts: number;
  close(): void;
}

/** A proxy between a driver and Neo4j that fails at the worst time, as a network can. */
export async function startCuttingProxy(boltUri: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(boltUri.replace('bolt:', 'http:'));
  let isArmed = false;
  let cuts = 0;
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    let isCut = false;
    const cut = async (): Promise<void> => {
      isArmed = false;
      isCut = true;
      cuts += 1;
      await sleep(COMMIT_MS);
      client.destroy();
      server.destroy();
    };
    client.on('data', (data) => {
      server.write(data);
      if (isArmed && data.includes(COMMIT)) void cut();
    });
    server.on('data', (data) => void (isCut || client.write(data)));
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    uri: `bolt://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    arm: () => void (isArmed = true),
    get cuts() {
      return cuts;
    },
    close: () => void proxy.close(),
  };
}
