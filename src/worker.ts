import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type LogEntry,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createActivities, type Activities } from './activities';
import { ConfigError, loadConfig, readEnvironment, type Config } from './config';
import { GraphDatabase } from './graph/database';
import { explainNeo4jError } from './graph/errors';
import { readinessOf } from './worker/readiness';
import { HealthServer } from './worker/healthServer';
import { OrgGauges } from './worker/gauges';
import { ConfiguredOrgs } from './okta/directory';
import { internalErrorText } from './text/internalError';
import { installRuntime } from './telemetry/runtime';
import { WorkerStartError } from './telemetry/workerStartError';

/** A running worker. */
export interface RunningWorker {
  /** Resolves when the worker has stopped; rejects if it failed. */
  stopped: Promise<void>;
  /** Stops it gracefully: first the worker drains, then the database is closed, then the connection. */
  stop(): Promise<void>;
}

type WorkflowCode = { workflowBundle: WorkflowBundleOption } | { workflowsPath: string };

interface Parts {
  config: Config;
  connection: NativeConnection;
  activities: Activities;
  workflows: WorkflowCode;
}

/**
 * Connects to Neo4j and Temporal and starts a worker.
 *
 * @param workflows the bundled workflow code; by default the bundle of the build, or one made from the sources.
 * @throws WorkerStartError if a server cannot be reached or rejects the connection, or if an address to listen on is in
 * use.
 */
export async function startWorker(config: Config, workflows = builtWorkflows()): Promise<RunningWorker> {
  const graph = GraphDatabase.open(config.neo4j, { reads: 'leader' });
  const okta = new ConfiguredOrgs(config.okta);
  let connection: NativeConnection | undefined;
  let worker: Worker | undefined;
  let health: HealthServer | undefined;
  let gauges: OrgGauges | undefined;
  const release = async (): Promise<void> => {
    okta.close();
    await gauges?.stop();
    await graph.close();
    await health?.stop();
    await connection?.close();
  };
  try {
    await reachGraph(graph, config);
    connection = await reachTemporal(config);
    if (config.healthAddress) {
      const readiness = () => readinessOf(worker, connection, graph);
      health = await HealthServer.start(config.healthAddress, readiness);
    }
    const activities = createActivities({ okta, graph, sync: config.sync });
    worker = await createWorker({ config, connection, activities, workflows });
    if (config.metricsAddress) gauges = new OrgGauges(Runtime.instance().metricMeter, graph, config);
  } catch (error) {
    await release();
    throw error;
  }
  const running = worker;
  const run = async (): Promise<void> => {
    try {
      await running.run();
    } finally {
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

function createWorker({ config: { temporal }, connection, activities, workflows }: Parts): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    ...workflows,
    activities,
    // A run needs two at a time; several orgs share the rest.
    maxConcurrentActivityTaskExecutions: 20,
    maxCachedWorkflows: 50,
    // With the default, half the heartbeat timeout, a kill would cost most of a chunk.
    maxHeartbeatThrottleInterval: '1s',
    // Activities are notified of a shutdown immediately and continue on another worker from their last heartbeat.
    shutdownGraceTime: 0,
    shutdownForceTime: '30s',
  });
}

/** Returns the bundle of the build if there is one, otherwise the sources. */
function builtWorkflows(): WorkflowCode {
  const codePath = join(__dirname, 'workflow-bundle.js');
  return existsSync(codePath)
    ? { workflowBundle: { codePath } }
    : { workflowsPath: join(__dirname, 'workflows') };
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
  } catch {
    throw new WorkerStartError(
      `Temporal at ${temporal.address} could not be reached. Check that it is running, and check TEMPORAL_ADDRESS and the TEMPORAL_TLS_* or TEMPORAL_API_KEY settings.`,
    );
  }
}

/** Writes a log entry as one JSON object per line. */
function logLine({ level, timestampNanos, message, meta }: LogEntry): void {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  process.stderr.write(`${JSON.stringify({ time, level, message, ...meta })}\n`);
}

async function main(): Promise<void> {
  try {
    const config = loadConfig(readEnvironment());
    for (const warning of config.warnings) console.error(warning);
    installRuntime(config, { logger: new DefaultLogger('INFO', logLine) });
    const worker = await startWorker(config);
    await worker.stopped;
  } catch (error) {
    const expected = error instanceof ConfigError || error instanceof WorkerStartError;
    console.error(expected ? error.message : internalErrorText(error));
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}

if (require.main === module) void main();
