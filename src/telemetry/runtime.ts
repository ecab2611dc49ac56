import { type Logger, Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Config, ListenAddress } from '../config';
import { countEvents } from './counters';
import { logEvents } from './eventLog';
import { WorkerStartError } from './workerStartError';

/**
 * Sets up a process's log once, regardless of the number of workers in it, and its metrics if configured, at
 * `http://METRICS_ADDRESS/metrics` for Prometheus.
 *
 * @throws WorkerStartError if the address cannot be listened on.
 */
export function installRuntime(
  { metricsAddress, okta }: Config,
  options: Pick<RuntimeOptions, 'shutdownSignals'> & { logger: Logger },
): void {
  logEvents(options.logger);
  if (!metricsAddress) {
    Runtime.install(options);
    return;
  }
  try {
    Runtime.install({ ...options, telemetryOptions: { metrics: prometheus(metricsAddress) } });
  } catch (error) {
    throw new WorkerStartError(
      `METRICS_ADDRESS cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  countEvents(
    Runtime.instance().metricMeter,
    okta.orgs.map(({ domain }) => domain),
  );
}

/** Prometheus's naming conventions: `_total`, full unit names, seconds. */
function prometheus(address: ListenAddress) {
  return {
    prometheus: {
      bindAddress: urlHost(address),
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
    },
  };
}

/** `host:port`, with brackets around an IPv6 address. */
export function urlHost({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
