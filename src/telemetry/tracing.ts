import { context, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker';
import { Runtime, type WorkerOptions } from '@temporalio/worker';
import type { OtlpTarget } from '../config';
import { PRODUCT_VERSION } from '../text/version';

/** The module of interceptors that a bundle of traced workflows contains. */
export const TRACING_MODULE =
  require.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors');

/** What a worker needs to send traces. */
export interface Tracing {
  options: Pick<WorkerOptions, 'sinks' | 'interceptors'>;
  /** Sends what is left. Never rejects: a collector that is down harms no run. */
  stop(): Promise<void>;
}

/** A collector that hangs does not keep a worker from stopping for longer. */
const EXPORT_TIMEOUT_MS = 5_000;

/**
 * Starts sending traces of workflows and activities to an OpenTelemetry collector. A span has the ids of its run, the
 * names of its activities, and the redacted message of a failure: no name of a person, no email, no secret.
 */
export function startTracing({ endpoint, headers }: OtlpTarget): Tracing {
  const resource = new Resource({ 'service.name': 'okta-graph', 'service.version': PRODUCT_VERSION });
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: headers(),
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  logOutages(exporter);
  const processor = new BatchSpanProcessor(exporter, { exportTimeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const { export: exported } = makeWorkflowExporter(processor, resource);
  return {
    options: {
      sinks: {
        exporter: {
          export: {
            ...exported,
            fn: (info, spans: Parameters<typeof exported.fn>[1]) => exported.fn(info, spans.filter(isOfRun)),
          },
        },
      },
      interceptors: {
        activity: [(activity) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(activity) })],
      },
    },
    async stop() {
      await provider.shutdown().catch(() => undefined);
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}

/** Signals and queries come without a trace: each would be one of its own, every second while somebody looks. */
const isOfRun = ({ name }: { name: string }) => !/^Handle(Signal|Query):/.test(name);

/** Logs when spans can no longer be sent, and when they can again. */
function logOutages(exporter: OTLPTraceExporter): void {
  const { logger } = Runtime.instance();
  const send = exporter.export.bind(exporter);
  let isDown = false;
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      const failed = result.code !== SUCCESS;
      if (failed && !isDown)
        logger.warn('Traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT; runs go on without them', {
          event: 'traces_lost',
        });
      if (!failed && isDown) logger.info('Traces are sent again', { event: 'traces_sent' });
      isDown = failed;
      done(result);
    });
}

/** `ExportResultCode.SUCCESS` of OpenTelemetry. */
const SUCCESS = 0;
