import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import root from '@opentelemetry/otlp-transformer/build/src/generated/root';
import { freePort } from '../../src/local/ports';
import { Stack } from '../../dev/lab/org/stack';
import type { NodeProcess } from '../../dev/lab/servers/nodeProcess';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { startWorkerProcess } from '../../dev/lab/servers/workerProcess';
import { until } from '../../dev/lab/until';

interface Span {
  name: string;
  traceId: Uint8Array;
}

interface TraceRequest {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}

/** The exporter's own decoder of what it sends; its types do not name it. */
const { ExportTraceServiceRequest } = (
  root as unknown as {
    opentelemetry: {
      proto: {
        collector: {
          trace: { v1: Record<'ExportTraceServiceRequest', { decode(body: Buffer): TraceRequest }> };
        };
      };
    };
  }
).opentelemetry.proto.collector.trace.v1;

interface Received {
  path: string;
  authorization: string | undefined;
  body: Buffer;
}

describe('An OpenTelemetry collector', () => {
  const received: Received[] = [];
  let collector: Server;
  let stack: Stack;
  let worker: NodeProcess;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    collector = createServer((request, response) => {
      void buffer(request).then((body) => {
        received.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    stack = await Stack.start({ users: 20, groups: 3 });
    await stack.stopWorker();
    worker = await startWorkerProcess({
      ...stack.variables,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20of-the-collector',
    });
    assert.equal((await stack.sync({ mode: 'full' })).outcome, 'succeeded');
    await worker.stop();
    await until(() => received.some(({ path }) => path === '/v1/metrics'));
  });
  after(async () => {
    await stack.stop();
    collector.close();
  });

  const spans = () =>
    received
      .filter(({ path }) => path === '/v1/traces')
      .flatMap(({ body }) => ExportTraceServiceRequest.decode(body).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans);
  const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

  it('gets a run as one trace, with spans for the workflow and its activities', () => {
    const names = spans().map(({ name }) => name);
    for (const name of ['RunWorkflow:syncOkta', 'RunActivity:beginRun', 'RunActivity:endRun'])
      assert.ok(names.includes(name), `${name} is not among ${names.join()}`);
    assert.equal(new Set(spans().map(({ traceId }) => hex(traceId))).size, 1);
    assert.equal(names.filter((name) => name === 'RunWorkflow:syncOkta').length, 1);
  });

  it('gets the metrics of the worker and of its runs', () => {
    const bodies = received
      .filter(({ path }) => path === '/v1/metrics')
      .map(({ body }) => body.toString('latin1'));
    for (const name of ['okta_graph_rows_written', 'okta_graph_build_info', 'temporal_workflow_completed'])
      assert.ok(
        bodies.some((body) => body.includes(name)),
        `${name} was not sent`,
      );
  });

  it('gets the headers that are configured, and nothing of a person, and no secret', () => {
    const [user] = stack.sim.org.truth().users();
    const emailEnd = String(user?.profile['email']).replace(/^.*@/, '@');
    assert.match(emailEnd, /^@\w/);
    for (const { authorization, body } of received) {
      assert.equal(authorization, 'Bearer of-the-collector');
      const text = body.toString('latin1');
      assert.ok(!text.includes(emailEnd) && !text.includes(stack.sim.token), 'it has a person or a secret');
    }
  });

  it('may be down: runs succeed, and the log says once that traces are lost, in JSON as all it says', async () => {
    const down = await startWorkerProcess({
      ...stack.variables,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    });
    assert.equal((await stack.sync({ mode: 'full' })).outcome, 'succeeded');
    await until(() => down.output.includes('traces_lost'));
    assert.equal((await stack.sync({ mode: 'full' })).outcome, 'succeeded');
    await down.stop();
    const lines = down.output.split('\n').map((line) => JSON.parse(line) as { event?: string });
    assert.equal(lines.filter(({ event }) => event === 'traces_lost').length, 1);
  });
});
