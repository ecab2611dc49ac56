import type { GraphDatabase } from '../../graph/database';
import { latestChanges, type About, type GraphChange } from '../../graph/read/changes';
import {
  CHANGE_OBJECTS,
  runsBetween,
  runsNumbered,
  totalIn,
  type ChangedObject,
  type DatedRun,
} from '../../graph/read/changingRuns';

/** Changes, and the runs that made them, as far as the graph has them. */
export interface ChangesOfRuns {
  changes: readonly GraphChange[];
  runs: ReadonlyMap<number, DatedRun>;
}

/** Where a page begins: in which run, after how many of its changes. */
export interface ChangesPlace {
  run: number;
  skip: number;
}

/** A page of changes of a time. */
export interface FoundChanges extends ChangesOfRuns {
  /** What the runs of the time have counted, without limits to a kind, a user or a group. */
  counted: readonly DatedRun[];
  /** The runs that read into an empty graph, whose changes are left out. */
  first: readonly DatedRun[];
  /** Absent on the last page. */
  next?: ChangesPlace;
}

export interface ChangesRequest {
  fromMs: number;
  toMs: number;
  kinds?: ReadonlySet<ChangedObject> | undefined;
  about?: About | undefined;
  place?: ChangesPlace | undefined;
  atMost: number;
}

/** Returns a page of the changes that runs found from one time until another, newest run first. */
export async function readChanges(
  db: GraphDatabase,
  domain: string,
  { fromMs, toMs, kinds, about, place, atMost }: ChangesRequest,
): Promise<FoundChanges> {
  const all = await runsBetween(db, domain, { fromMs, toMs });
  const counted = all.filter(({ isFirst }) => !isFirst);
  const runs = new Map(counted.map((run) => [run.runNumber, run]));
  const skip = place?.skip ?? 0;
  const wanted = skip + atMost + 1;
  const sizeOf = (run: DatedRun) => (about ? 0 : totalIn([run], kinds));
  const changes: GraphChange[] = [];
  for (const batch of batchesOf(
    all.filter(({ runNumber }) => runNumber <= (place?.run ?? Infinity)),
    sizeOf,
    wanted,
  )) {
    const [from, to] = [batch.at(-1)?.runNumber ?? 0, batch[0]?.runNumber ?? -1];
    const some = CHANGE_OBJECTS.filter((kind) => (kinds?.has(kind) ?? true) && totalIn(batch, [kind]) > 0);
    const found = await latestChanges(db, domain, from, to, { atMost: wanted, kinds: new Set(some), about });
    changes.push(...found.filter(({ runNumber }) => runs.has(runNumber)));
    if (changes.length >= wanted) break;
  }
  const [following] = changes.slice(skip + atMost);
  return {
    changes: changes.slice(skip, skip + atMost),
    runs,
    counted,
    first: all.filter(({ isFirst }) => isFirst),
    ...(following && { next: placeOf(following, changes) }),
  };
}

/** Returns the last changes of a user or group, without those of runs that read into an empty graph. */
export async function lastChangesOf(
  db: GraphDatabase,
  domain: string,
  about: About,
  atMost: number,
): Promise<ChangesOfRuns> {
  const changes = await latestChanges(db, domain, 1, Number.MAX_SAFE_INTEGER, { atMost, about });
  const numbers = [...new Set(changes.map(({ runNumber }) => runNumber))];
  const runs = new Map((await runsNumbered(db, domain, numbers)).map((run) => [run.runNumber, run]));
  return { changes: changes.filter(({ runNumber }) => runs.get(runNumber)?.isFirst === false), runs };
}

function placeOf(following: GraphChange, changes: readonly GraphChange[]): ChangesPlace {
  const { runNumber } = following;
  const first = changes.findIndex((change) => change.runNumber === runNumber);
  return { run: runNumber, skip: changes.indexOf(following) - first };
}

/**
 * Groups neighboring runs so that the changes of a group are read together: as many as are wanted at most, or those of
 * one run. Runs without any, and those that read into an empty graph, are left out.
 */
function batchesOf(
  runs: readonly DatedRun[],
  sizeOf: (run: DatedRun) => number,
  wanted: number,
): DatedRun[][] {
  const batches: DatedRun[][] = [];
  let total = Infinity;
  for (const run of runs) {
    const size = sizeOf(run);
    if (run.isFirst) {
      total = Infinity;
      continue;
    }
    total += size;
    if (total <= wanted) batches.at(-1)?.push(run);
    else {
      batches.push([run]);
      total = size;
    }
  }
  return batches;
}
