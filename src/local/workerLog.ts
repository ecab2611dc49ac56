import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';
import { JsonLog } from '../telemetry/jsonLog';
import { installRuntime } from '../telemetry/runtime';
import { LOCAL_DIR } from './tools';

export const WORKER_LOG = join(LOCAL_DIR, 'worker.log');

/** Writes the worker's log to a file, so that the terminal shows only progress, and leaves signals to `okta-graph start`. */
export function logWorkerToFile(config: Config): void {
  const file = createWriteStream(WORKER_LOG, { flags: 'w', mode: 0o600 });
  const logger = new JsonLog(config.logLevel, (line) => file.write(line));
  installRuntime(config, { logger, shutdownSignals: [] });
}
