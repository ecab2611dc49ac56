import { explainNeo4jError } from '../graph/errors';
import { recordUsage, type RunWriter } from '../graph/write/run';

/** Runs an attempt's work, and then records its Okta usage since its last write, unless the graph failed. */
export async function recordingUsage<T>(writer: RunWriter, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await recordUsage(writer);
    return result;
  } catch (error) {
    if (!explainNeo4jError(error)) await recordUsage(writer).catch(() => undefined);
    throw error;
  }
}
