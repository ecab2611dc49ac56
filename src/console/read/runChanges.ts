import type { GraphDatabase } from '../../graph/database';
import { latestChanges, type GraphChange } from '../../graph/read/changes';
import { CHANGE_OBJECTS, changingRuns, totalIn } from '../../graph/read/changingRuns';

/** Some of the changes that a run made. */
export interface RunChanges {
  changes: GraphChange[];
  /** The run's own count of all of them, without updates of apps and group rules, which are not kept. */
  total: number;
  /** How many of these history no longer has, or never had; 0 while more may follow. */
  missing: number;
}

/** Returns changes that a run made, after the first `skip`; undefined if the graph does not have the run. */
export async function readRunChanges(
  db: GraphDatabase,
  domain: string,
  runId: string,
  { skip = 0, atMost }: { skip?: number; atMost: number },
): Promise<RunChanges | undefined> {
  const [run] = await changingRuns(db, domain, { runId });
  if (!run) return undefined;
  const kinds = new Set(CHANGE_OBJECTS.filter((kind) => totalIn([run], [kind]) > 0));
  const total = totalIn([run]);
  const { runNumber } = run;
  const read = await latestChanges(db, domain, runNumber, runNumber, { atMost: skip + atMost, kinds });
  const missing = read.length === skip + atMost ? 0 : Math.max(0, total - read.length);
  return { changes: read.slice(skip), total, missing };
}
