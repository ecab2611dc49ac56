import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { ListenAddress } from '../config';
import { WorkerStartError } from '../workerStartError';
import type { Readiness } from './readiness';

/**
 * Answers orchestrators: `/healthz` with 200 while the process lives, `/readyz` with 200 when the worker can work,
 * else 503, and what it lacks as JSON. It tells nothing of the org, and takes nothing.
 */
export class HealthServer {
  private constructor(private readonly server: Server) {}

  /** @throws WorkerStartError when the address cannot be listened on. */
  static async start(
    { host, port }: ListenAddress,
    readiness: () => Promise<Readiness>,
  ): Promise<HealthServer> {
    const server = createServer((request, response) => {
      if (request.url === '/healthz') return answer(response, 200, { alive: true });
      if (request.url !== '/readyz') return answer(response, 404, { paths: ['/healthz', '/readyz'] });
      void readiness().then((state) => answer(response, state.ready ? 200 : 503, state));
    });
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw new WorkerStartError(`HEALTH_ADDRESS cannot be used: ${(error as Error).message}`);
    }
    return new HealthServer(server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
