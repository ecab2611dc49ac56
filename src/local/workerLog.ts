import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import type { Config } from '../config';
import { installRuntime } from '../telemetry/runtime';
import { LOCAL_DIR } from './tools';

export const WORKER_LOG = join(LOCAL_DIR, 'worker.log');

/** Writes the worker's log to a file, so that the terminal shows only progress, and leaves signals to `npm start`. */
export function logWorkerToFile(config: Config): void {
  const file = createWriteStream(WORKER_LOG, { flags: 'w', mode: 0o600 });
  const writeEntry = ({ level, timestampNanos, message, meta }: LogEntry) => {
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    file.write(`${JSON.stringify({ time, level, message, ...meta })}\n`);
  };
  installRuntime(config, { logger: new DefaultLogger('INFO', writeEntry), shutdownSignals: [] });
}
