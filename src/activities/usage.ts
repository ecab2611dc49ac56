import type { GraphDatabase } from '../graph/database';
import { explainNeo4jError } from '../graph/errors';
import { tellUsage, type Run } from '../graph/run';
import type { Usage } from '../okta/callContext';

/** Does an attempt's work, and then tells what it spent on Okta beyond its last write, unless it is the graph that failed. */
export async function tellingUsage<T>(
  graph: GraphDatabase,
  run: Run,
  usage: Usage,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work();
    await tellUsage(graph, run, usage);
    return result;
  } catch (error) {
    if (!explainNeo4jError(error)) await tellUsage(graph, run, usage).catch(() => undefined);
    throw error;
  }
}
