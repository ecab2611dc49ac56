import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Ways in which a service can fail: nothing listens; it accepts and never responds; it speaks another protocol; it hangs up. */
export const FAILURE_MODES = [
  'refuses connections',
  'never responds',
  'speaks another protocol',
  'hangs up',
] as const;

export type FailureMode = (typeof FAILURE_MODES)[number];

export interface BrokenService {
  /** Host and port. */
  address: string;
  stop(): Promise<void>;
}

/** Starts a local TCP server that fails in the given way. */
export async function startBrokenService(mode: FailureMode): Promise<BrokenService> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (mode === 'hangs up') socket.destroy();
    if (mode === 'speaks another protocol')
      socket.on('data', () => socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n'));
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
  if (mode === 'refuses connections') await stop();
  return { address, stop };
}
