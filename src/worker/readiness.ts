import type { NativeConnection, Worker } from '@temporalio/worker';
import type { GraphDatabase } from '../graph/database';

/** State of a worker and the servers it needs. */
export interface Readiness {
  ready: boolean;
  /** True if the worker polls for tasks. */
  polling: boolean;
  temporal: boolean;
  neo4j: boolean;
}

/** Timeout for each server: longer than a healthy server takes, shorter than an orchestrator's probe timeout. */
const RESPONSE_TIMEOUT_MS = 2_000;

/** Returns the state of a worker, after a request to both servers. Never rejects. */
export async function readinessOf(
  worker: Worker | undefined,
  connection: NativeConnection | undefined,
  graph: GraphDatabase,
): Promise<Readiness> {
  const polling = worker?.getState() === 'RUNNING';
  const [temporal, neo4j] = await Promise.all([
    succeeds(connection?.workflowService.getSystemInfo({})),
    succeeds(graph.read('RETURN 1 AS ok')),
  ]);
  return { ready: polling && temporal && neo4j, polling, temporal, neo4j };
}

async function succeeds(attempt: Promise<unknown> | undefined): Promise<boolean> {
  if (!attempt) return false;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>(
    (resolve) => (timer = setTimeout(() => resolve(false), RESPONSE_TIMEOUT_MS)),
  );
  const answered = attempt.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
}
