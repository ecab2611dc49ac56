import { join } from 'node:path';
import { NodeProcess } from './nodeProcess';
import type { Config } from '../../../src/config';

const WORKER = join(__dirname, '../../../dist/worker.js');

/** A worker of the build, or of another one, as a process of its own that is ready to work. */
export async function startWorkerProcess(
  config: Config,
  environment: Readonly<Record<string, string>> = {},
  worker = WORKER,
): Promise<NodeProcess> {
  const isRunning = (line: string) => line.includes('"state":"RUNNING"');
  const variables = { ...variablesOf(config), ...environment };
  return (await NodeProcess.start([worker], variables, isRunning)).process;
}

/** The environment that a configuration of one org with a token comes from. */
export function variablesOf({ okta, temporal, neo4j }: Config): Record<string, string> {
  const [org] = okta.orgs;
  if (org?.credentials.kind !== 'token') throw new Error('The configuration has no org with a token.');
  return {
    OKTA_DOMAIN: org.domain,
    OKTA_API_TOKEN: org.credentials.token.reveal(),
    OKTA_MAX_API_CAPACITY: String(okta.maxApiCapacityPercent),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_TASK_QUEUE: temporal.taskQueue,
    NEO4J_URI: neo4j.uri,
    NEO4J_USERNAME: neo4j.username,
    NEO4J_PASSWORD: neo4j.password.reveal(),
  };
}
