import { join } from 'node:path';
import { NodeProcess } from './nodeProcess';

const WORKER = join(__dirname, '../../../dist/worker.js');

/** A worker of the build, or of another one, as a process of its own that is ready to work. */
export async function startWorkerProcess(
  environment: NodeJS.ProcessEnv,
  worker = WORKER,
): Promise<NodeProcess> {
  const isRunning = (line: string) => line.includes('"state":"RUNNING"');
  return (await NodeProcess.start([worker], environment, isRunning)).process;
}
