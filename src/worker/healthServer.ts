import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { ListenAddress } from '../config';
import { WorkerStartError } from '../telemetry/workerStartError';
import type { Readiness } from './readiness';

/**
 * Health checks for orchestrators. `/healthz` returns 200 while the process is alive. `/readyz` returns 200 if the
 * worker is ready, otherwise 503, and its state as JSON. Responses contain no data of the org, and requests change
 * nothing.
 */
export class HealthServer {
  private constructor(private readonly server: Server) {}

  /** @throws WorkerStartError if it cannot listen on the address. */
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
      throw new WorkerStartError(`Cannot listen on HEALTH_ADDRESS: ${(error as Error).message}`);
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
