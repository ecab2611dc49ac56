import { createWriteStream, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';
import { JsonLog } from '../telemetry/jsonLog';
import { installRuntime } from '../telemetry/runtime';
import { SetupError } from './setupError';
import { LOCAL_DIR } from './tools';

export const WORKER_LOG = join(LOCAL_DIR, 'worker.log');

/**
 * Writes the worker's log to a file, so that the terminal shows only progress, and leaves signals to `okta-graph start`.
 *
 * @throws SetupError if the file cannot be written.
 */
export function logWorkerToFile(config: Config): void {
  const file = createWriteStream(WORKER_LOG, { fd: openLog() });
  // A full disk is no reason to end a run.
  file.on('error', () => undefined);
  const logger = new JsonLog(config.logLevel, (line) => file.write(line));
  // Its warnings would be lines of JSON in the terminal, for example when the watch is stopped.
  installRuntime(config, { logger, shutdownSignals: [], nativeLevel: 'ERROR' });
}

function openLog(): number {
  try {
    return openSync(WORKER_LOG, 'w', 0o600);
  } catch (error) {
    throw new SetupError(
      `The worker's log ${WORKER_LOG} cannot be written (${(error as NodeJS.ErrnoException).code}). Rename or delete what is there.`,
    );
  }
}
