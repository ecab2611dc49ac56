import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** How a service can be unwell: nobody listens; it accepts and says nothing; it speaks something else; it hangs up. */
export const ILLNESSES = ['refuses', 'is silent', 'talks nonsense', 'hangs up'] as const;

export type Illness = (typeof ILLNESSES)[number];

/** A port of this machine that behaves so. */
export interface Unwell {
  address: string;
  stop(): Promise<void>;
}

export async function startUnwell(illness: Illness): Promise<Unwell> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (illness === 'hangs up') socket.destroy();
    if (illness === 'talks nonsense') socket.on('data', () => socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  if (illness === 'refuses') await stop();
  return { address, stop };
}
