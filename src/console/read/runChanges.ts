import type { GraphDatabase } from '../../graph/database';
import {
  CHANGED_OBJECTS,
  changesOf,
  changingRuns,
  type ChangedObject,
  type ChangingRun,
  type GraphChange,
} from '../../graph/read/changes';

/** Some of the changes that a run made. */
export interface RunChanges {
  changes: GraphChange[];
  /** The run's own count of all of them; history may no longer have each. */
  total: number;
}

const KINDS = Object.keys(CHANGED_OBJECTS) as ChangedObject[];

/** Returns changes that a run made, after the first `skip`; undefined if the graph does not have the run. */
export async function readRunChanges(
  db: GraphDatabase,
  domain: string,
  runId: string,
  { skip = 0, atMost }: { skip?: number; atMost: number },
): Promise<RunChanges | undefined> {
  const [run] = await changingRuns(db, domain, { runId });
  if (!run) return undefined;
  const kinds = new Set(KINDS.filter((kind) => countOf(run, kind) > 0));
  const total = KINDS.reduce((sum, kind) => sum + countOf(run, kind), 0);
  const changes: GraphChange[] = [];
  let at = 0;
  const { runNumber } = run;
  for await (const change of changesOf(db, domain, runNumber, runNumber, { atMost: skip + atMost, kinds })) {
    if (at >= skip) changes.push(change);
    at += 1;
    if (changes.length === atMost) break;
  }
  return { changes, total };
}

function countOf(run: ChangingRun, kind: ChangedObject): number {
  return Object.values(run[CHANGED_OBJECTS[kind]] ?? {}).reduce((sum, count) => sum + count, 0);
}
