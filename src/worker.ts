import './text/requiredNode';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type Activities } from './activities';
import { ConfigError, loadConfig, readEnvironment, type Config } from './config';
import { GraphDatabase } from './graph/database';
import { explainNeo4jError } from './graph/errors';
import { knownSearchAttributes } from './worker/searchAttributes';
import { prepareGraph } from './worker/prepare';
import { readinessOf } from './worker/readiness';
import { HealthServer } from './worker/healthServer';
import { OrgGauges } from './worker/gauges';
import { ConfiguredOrgs } from './okta/directory';
import { readWatch } from './runs/watch';
import { internalErrorText } from './text/internalError';
import { brief } from './text/printable';
import { PRODUCT_VERSION } from './text/version';
import { JsonLog } from './telemetry/jsonLog';
import { installRuntime, urlHost } from './telemetry/runtime';
import { startTracing, TRACING_MODULE, type Tracing } from './telemetry/tracing';
import { WorkerStartError } from './telemetry/workerStartError';

/** A running worker. */
export interface RunningWorker {
  /** Resolves when the worker has stopped; rejects if it failed. */
  stopped: Promise<void>;
  /** Stops it gracefully: first the worker drains, then the database is closed, then the connection. */
  stop(): Promise<void>;
}

type WorkflowCode = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'>;

interface Parts {
  config: Config;
  connection: NativeConnection;
  activities: Activities;
  workflows: WorkflowCode;
  tracing: Tracing | undefined;
}

/**
 * Connects to Neo4j and Temporal and starts a worker.
 *
 * @param workflows the bundled workflow code; by default the bundle of the build, or one made from the sources.
 * @param options `prepares`: false if Neo4j is not to be prepared for runs while the worker waits for the first one.
 * @throws WorkerStartError if a server cannot be reached or rejects the connection, or if an address to listen on is in
 * use.
 */
export async function startWorker(
  config: Config,
  workflows = builtWorkflows(config),
  { prepares = true } = {},
): Promise<RunningWorker> {
  /** Aborts when a run begins, which is not to share Neo4j with rehearsals. */
  const preparing = new AbortController();
  const graph = GraphDatabase.open(config.neo4j, { reads: 'leader' });
  const okta = new ConfiguredOrgs(config.okta);
  let connection: NativeConnection | undefined;
  let worker: Worker | undefined;
  let health: HealthServer | undefined;
  let gauges: OrgGauges | undefined;
  let tracing: Tracing | undefined;
  const release = async (): Promise<void> => {
    okta.close();
    await gauges?.stop();
    await graph.close();
    await health?.stop();
    await connection?.close();
    await tracing?.stop();
  };
  try {
    await reachGraph(graph, config);
    connection = await reachTemporal(config);
    if (config.healthAddress) {
      const readiness = () => readinessOf(worker, connection, graph);
      health = await HealthServer.start(config.healthAddress, readiness);
    }
    const searchAttributes = await knownSearchAttributes(connection, config.temporal.namespace);
    const activities = createActivities({
      okta,
      graph,
      sync: config.sync,
      notify: config.notify,
      searchAttributes,
    });
    const { beginRun } = activities;
    activities.beginRun = (...args) => {
      preparing.abort();
      return beginRun(...args);
    };
    tracing = config.otlp && startTracing(config.otlp);
    worker = await createWorker({ config, connection, activities, workflows, tracing });
    if (config.metricsAddress ?? config.otlp)
      gauges = new OrgGauges(Runtime.instance().metricMeter, graph, config, watchesAt(connection, config));
  } catch (error) {
    await release();
    throw error;
  }
  const running = worker;
  const run = async (): Promise<void> => {
    const prepared =
      prepares && prepareGraph(graph, config.sync, preparing.signal, Runtime.instance().logger);
    try {
      await running.run();
    } finally {
      preparing.abort();
      await prepared;
      await release();
    }
  };
  const stopped = run();
  return {
    stopped,
    async stop() {
      if (running.getState() === 'RUNNING') running.shutdown();
      await stopped;
    },
  };
}

function createWorker({
  config: { temporal, sync, okta },
  connection,
  activities,
  workflows,
  tracing,
}: Parts): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    ...workflows,
    activities,
    ...tracing?.options,
    interceptors: { ...workflows.interceptors, ...tracing?.options.interceptors },
    ...(temporal.version && {
      workerDeploymentOptions: {
        useWorkerVersioning: true,
        version: temporal.version,
        // Every build replays the histories of earlier ones, so a run need not wait for its old worker.
        defaultVersioningBehavior: 'AUTO_UPGRADE',
      },
    }),
    // A run needs two at a time; several orgs share the rest. The watch of an org always takes one.
    maxConcurrentActivityTaskExecutions: 20 + watches(sync, okta),
    maxCachedWorkflows: 50,
    // With the default, half the heartbeat timeout, a kill would cost most of a chunk.
    maxHeartbeatThrottleInterval: '1s',
    // Activities are notified of a shutdown immediately and continue on another worker from their last heartbeat.
    shutdownGraceTime: 0,
    shutdownForceTime: '30s',
  });
}

/** Returns a function that reads the watch of an org. */
function watchesAt(connection: NativeConnection, { temporal: { namespace } }: Config) {
  const client = new Client({ connection, namespace });
  return (domain: string) => readWatch(client, domain);
}

/** Returns the number of watches that may run, with room for orgs that are added later. */
function watches({ watchIntervalMs }: Config['sync'], { orgs }: Config['okta']): number {
  return watchIntervalMs === undefined ? 0 : Math.max(50, 2 * orgs.length);
}

/** Returns the bundle of the build if there is one, otherwise the sources. */
function builtWorkflows({ otlp }: Config): WorkflowCode {
  const codePath = join(__dirname, otlp ? 'workflow-bundle-traced.js' : 'workflow-bundle.js');
  return existsSync(codePath)
    ? { workflowBundle: { codePath } }
    : {
        workflowsPath: join(__dirname, 'workflows'),
        ...(otlp && { interceptors: { workflowModules: [TRACING_MODULE] } }),
      };
}

async function reachGraph(graph: GraphDatabase, { neo4j }: Config): Promise<void> {
  try {
    await graph.read('RETURN 1 AS ok');
  } catch (error) {
    const explained = explainNeo4jError(error);
    throw new WorkerStartError(
      explained ? `${explained.message} (${neo4j.uri})` : `Neo4j at ${neo4j.uri}: ${String(error)}`,
    );
  }
}

async function reachTemporal({ temporal }: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(temporal.connectionOptions());
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The SDK writes the fields of the system's error.
    const why = /message: "([^"]+)"/.exec(text)?.[1] ?? brief(text);
    throw new WorkerStartError(
      `Temporal at ${temporal.address} could not be reached: ${why}. Check that it is running, and check TEMPORAL_ADDRESS and the TEMPORAL_TLS_* or TEMPORAL_API_KEY settings.`,
    );
  }
}

function readyFields({ okta, temporal, neo4j, healthAddress, metricsAddress }: Config) {
  return {
    event: 'worker_ready',
    version: PRODUCT_VERSION,
    orgs: okta.readOrgs().orgs.map(({ domain }) => domain),
    temporal: temporal.address,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    neo4j: neo4j.uri,
    health: healthAddress && urlHost(healthAddress),
    metrics: metricsAddress && urlHost(metricsAddress),
  };
}

/**
 * Runs a worker until a signal stops it. Never rejects.
 *
 * @returns the exit code.
 */
export async function main(read = readEnvironment): Promise<number> {
  const write = (line: string) => process.stderr.write(line);
  let log = new JsonLog('INFO', write);
  try {
    const config = loadConfig(read());
    log = new JsonLog(config.logLevel, write);
    for (const warning of config.warnings) log.warn(warning, { event: 'config_warning' });
    installRuntime(config, { logger: log });
    const worker = await startWorker(config);
    log.info('The worker is ready', readyFields(config));
    await worker.stopped;
    return 0;
  } catch (error) {
    const isExpected = error instanceof ConfigError || error instanceof WorkerStartError;
    log.error(isExpected ? error.message : internalErrorText(error), { event: 'worker_failed' });
    return error instanceof ConfigError ? 2 : 1;
  }
}

if (require.main === module) void main().then((exitCode) => (process.exitCode = exitCode));
