import type { NativeConnection, Worker } from '@temporalio/worker';
import type { GraphDatabase } from '../graph/database';
import { pollersOf } from '../runs/pollers';

/** State of a worker and the servers it needs. */
export interface Readiness {
  ready: boolean;
  /** True if the worker polls for tasks. */
  polling: boolean;
  temporal: boolean;
  neo4j: boolean;
}

/** gRPC's code. */
const PERMISSION_DENIED = 7;
/** Timeout for each server: longer than a healthy server takes, shorter than an orchestrator's probe timeout. */
const RESPONSE_TIMEOUT_MS = 2_000;

/** Returns the state of a worker, after a request to both servers. Never rejects. */
export async function readinessOf(
  worker: Worker | undefined,
  connection: NativeConnection | undefined,
  graph: GraphDatabase,
): Promise<Readiness> {
  const [polls, neo4j] = await Promise.all([
    inTime(worker && connection && pollsOf(worker, connection)),
    inTime(graph.read('RETURN 1 AS ok')),
  ]);
  const temporal = polls !== undefined;
  const polling = worker?.getState() === 'RUNNING' && polls !== false;
  return { ready: polling && temporal && neo4j !== undefined, polling, temporal, neo4j: neo4j !== undefined };
}

/**
 * Returns false if Temporal does not know of a recent poll of this worker, for example because it rejects them. True if
 * the worker may not ask.
 */
async function pollsOf(
  { options: { identity, namespace, taskQueue } }: Worker,
  { workflowService }: NativeConnection,
): Promise<boolean> {
  try {
    return (await pollersOf(workflowService, { namespace, taskQueue })).workers.has(identity);
  } catch (error) {
    if ((error as { code?: number }).code !== PERMISSION_DENIED) throw error;
    // Credentials that Temporal rejects may not ask this either.
    await workflowService.getSystemInfo({});
    return true;
  }
}

/** The value of a promise; undefined if it is rejected or takes too long. */
async function inTime<T>(attempt: Promise<T> | undefined): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>(
    (resolve) => (timer = setTimeout(() => resolve(undefined), RESPONSE_TIMEOUT_MS)),
  );
  return Promise.race([attempt?.catch(() => undefined), tooLate]).finally(() => clearTimeout(timer));
}
