import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogEntry } from '@temporalio/worker';

/** What workers, activities and the SDK's core have logged since the process began. */
export const logged: LogEntry[] = [];

/**
 * A process has one runtime, and the first connection or worker makes a default one that cannot be replaced. Mocha
 * may run other files in the same process before, so each file that makes a connection or a worker imports this one.
 */
Runtime.install({
  logger: new DefaultLogger('DEBUG', (entry) => logged.push(entry)),
  telemetryOptions: {
    logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'INFO', other: 'WARN' }) },
  },
});
