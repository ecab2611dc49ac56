import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogEntry } from '@temporalio/worker';

/** What workers, activities and the SDK's core have logged since the process began. */
export const logged: LogEntry[] = [];

/**
 * A process has one runtime, and the first connection or worker makes a default one that cannot be replaced. Mocha
 * loads all files before it runs any, so it is installed where this file is imported.
 */
Runtime.install({
  logger: new DefaultLogger('DEBUG', (entry) => logged.push(entry)),
  telemetryOptions: {
    logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'INFO', other: 'WARN' }) },
  },
});
