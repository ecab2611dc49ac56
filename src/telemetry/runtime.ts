import {
  type Logger,
  type LogLevel,
  makeTelemetryFilterString,
  type OtelCollectorExporter,
  type PrometheusMetricsExporter,
  Runtime,
  type RuntimeOptions,
} from '@temporalio/worker';
import type { Config, ListenAddress, OtlpTarget } from '../config';
import { countEvents, SECONDS_BOUNDS } from './counters';
import { logEvents } from './eventLog';
import { WorkerStartError } from './workerStartError';

/**
 * Sets up a process's log once, regardless of the number of workers in it, and its metrics if configured: at
 * `http://METRICS_ADDRESS/metrics` for Prometheus, otherwise sent to the OpenTelemetry collector.
 *
 * @param options `nativeLevel`: what Temporal's native part writes to the process's output, in addition to the log.
 * @throws WorkerStartError if the address cannot be listened on.
 */
export function installRuntime(
  { metricsAddress, otlp, okta }: Config,
  {
    nativeLevel = 'WARN',
    ...options
  }: Pick<RuntimeOptions, 'shutdownSignals'> & { logger: Logger; nativeLevel?: LogLevel },
): void {
  logEvents(options.logger);
  const exporter = metricsAddress ? prometheus(metricsAddress) : otlp && collector(otlp);
  // Temporal's native part writes its own lines. Forwarded to the logger, they would keep a process from exiting.
  const filter = makeTelemetryFilterString({ core: nativeLevel, other: 'ERROR' });
  const logging = { filter, console: { format: 'json' } } as const;
  if (!exporter) {
    Runtime.install({ ...options, telemetryOptions: { logging } });
    return;
  }
  try {
    Runtime.install({ ...options, telemetryOptions: { logging, metrics: exporter } });
  } catch (error) {
    throw new WorkerStartError(
      `${metricsAddress ? 'METRICS_ADDRESS' : 'OTEL_EXPORTER_OTLP_ENDPOINT'} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  countEvents(
    Runtime.instance().metricMeter,
    okta.orgs.map(({ domain }) => domain),
  );
}

/** Prometheus's naming conventions: `_total`, full unit names, seconds. */
function prometheus(address: ListenAddress): PrometheusMetricsExporter {
  return {
    prometheus: {
      bindAddress: urlHost(address),
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: SECONDS_BOUNDS,
    },
  };
}

function collector({ endpoint, headers }: OtlpTarget): OtelCollectorExporter {
  return {
    otel: {
      url: `${endpoint}/v1/metrics`,
      http: true,
      headers: headers(),
      metricsExportInterval: '30s',
      useSecondsForDurations: true,
      histogramBucketOverrides: SECONDS_BOUNDS,
    },
  };
}

/** `host:port`, with brackets around an IPv6 address. */
export function urlHost({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
