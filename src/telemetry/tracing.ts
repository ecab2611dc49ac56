import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { WorkerOptions } from '@temporalio/worker';
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

/**
 * Starts sending traces of workflows and activities to an OpenTelemetry collector. A span has the ids of its run, the
 * names of its activities, and the redacted message of a failure: no name of a person, no email, no secret.
 */
export function startTracing({ endpoint, headers }: OtlpTarget): Tracing {
  const resource = new Resource({ 'service.name': 'okta-graph', 'service.version': PRODUCT_VERSION });
  const processor = new BatchSpanProcessor(
    new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: headers() }),
  );
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    options: {
      sinks: { exporter: makeWorkflowExporter(processor, resource) },
      interceptors: {
        workflowModules: [TRACING_MODULE],
        activity: [(context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) })],
      },
    },
    stop: () => provider.shutdown().catch(() => undefined),
  };
}
