import type { AccessKind, SyncMode, SyncOutcome } from '../contract';
import type { GraphDatabase } from '../graph/database';
import { integer } from '../graph/values';
import { hasLists } from '../graph/write/run';
import { lastCompleteRead } from '../graph/write/workList';
import { accessReads, type AccessReads } from './accessProof';

/** The runs that an answer is based on. Times are ISO 8601 in UTC. */
export interface Proof {
  domain: string;
  /** Time of the question, by this machine's clock. */
  askedAt: string;
  /** The latest run that ended; absent if no run has ended. */
  run?: ProvingRun;
  /** The latest touched run that succeeded after `run`; absent if there is none. */
  touchedRun?: { runNumber: number; finishedAt: string };
  /** The latest full run that succeeded; absent if there is none. */
  wholeRun?: { runNumber: number; finishedAt: string };
  /**
   * Okta's clock at the oldest of the groups' last complete reads: no group's members are older. Absent if no group was
   * read.
   */
  membersAsOf?: string;
  /** Number of groups whose members are not read, because `SYNC_MEMBERS_OF` does not select them; absent for none. */
  groupsExcluded?: number;
  /** True while a run is in progress: the graph may mix old and new data. */
  isRunUnderWay: boolean;
  /**
   * Start of the history that is kept: Okta's clock at the first run's list of groups, since memberships are dated by
   * Okta's clock too; by the database's clock if no list was read. Absent if history is not kept.
   */
  historySince?: string;
  /** Kinds of `SYNC_ACCESS` that have ever been read. */
  access: AccessReads;
}

export interface ProvingRun {
  runId: string;
  runNumber: number;
  mode: SyncMode;
  outcome: SyncOutcome;
  finishedAt: string;
  /** Time from the run's start to the question. If the run succeeded, nothing in the graph is older. */
  ageMs: number;
  /** True if the run succeeded, so the graph matched Okta. Otherwise, the run's report shows what may be missing. */
  isWhole: boolean;
}

interface Row {
  runId: string;
  runNumber: number;
  mode: SyncMode;
  outcome: SyncOutcome | 'running';
  startedMs: number;
  finishedMs: number | null;
}

/** Number of latest runs to search for one that ended. */
const MAX_RUNS = 500;

/**
 * Returns the runs that answers about an org are based on.
 *
 * @param retentionMs how long history is kept, in ms; 0 if it is not kept.
 * @param needed kinds of `SYNC_ACCESS` that the question is about.
 */
export async function proofOf(
  db: GraphDatabase,
  domain: string,
  now: Date,
  retentionMs: number,
  needed: readonly AccessKind[] = [],
): Promise<Proof> {
  const [runs, [whole], [members], sinceMs, access] = await Promise.all([
    db.read<Row>(
      `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number >= 0 AND ${hasLists('r')}
       RETURN r.id AS runId, r.number AS runNumber, r.mode AS mode, r.outcome AS outcome,
              r.started_at.epochMillis AS startedMs, r.finished_at.epochMillis AS finishedMs
       ORDER BY r.okta_domain DESC, r.number DESC LIMIT ${MAX_RUNS}`,
      { domain },
    ),
    db.read<Pick<Row, 'runNumber' | 'finishedMs'>>(
      `MATCH (r:SyncRun {okta_domain: $domain, mode: 'full', outcome: 'succeeded'})
       RETURN r.number AS runNumber, r.finished_at.epochMillis AS finishedMs ORDER BY r.number DESC LIMIT 1`,
      { domain },
    ),
    db.read<{ asOfMs: number | null; excluded: number }>(
      `MATCH (g:Group {okta_domain: $domain})
       RETURN min(${lastCompleteRead('g')}).epochMillis AS asOfMs, count(g.memberships_excluded) AS excluded`,
      { domain },
    ),
    historyStart(db, domain, now, retentionMs),
    accessReads(db, domain, needed),
  ]);
  const ended = runs.find(({ outcome }) => outcome !== 'running');
  const touched = ended && (await lastTouched(db, domain, ended.runNumber));
  const asOfMs = members?.asOfMs ?? null;
  return {
    domain,
    askedAt: now.toISOString(),
    ...(ended && { run: provingRun({ ...ended, outcome: ended.outcome as SyncOutcome }, now) }),
    ...(touched && { touchedRun: { runNumber: touched.runNumber, finishedAt: iso(touched.finishedMs) } }),
    ...(whole && { wholeRun: { runNumber: whole.runNumber, finishedAt: iso(whole.finishedMs) } }),
    ...(asOfMs !== null && { membersAsOf: iso(asOfMs) }),
    ...(members && members.excluded > 0 && { groupsExcluded: members.excluded }),
    isRunUnderWay: runs[0]?.outcome === 'running',
    ...(sinceMs !== undefined && { historySince: iso(sinceMs) }),
    access,
  };
}

async function lastTouched(
  db: GraphDatabase,
  domain: string,
  after: number,
): Promise<Pick<Row, 'runNumber' | 'finishedMs'> | undefined> {
  const [run] = await db.read<Pick<Row, 'runNumber' | 'finishedMs'>>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number > $after AND r.mode = 'touched' AND r.outcome = 'succeeded'
     RETURN r.number AS runNumber, r.finished_at.epochMillis AS finishedMs
     ORDER BY r.okta_domain DESC, r.number DESC LIMIT 1`,
    { domain, after: integer(after) },
  );
  return run;
}

/**
 * Returns the start of the history that is kept, in milliseconds since the epoch, as in {@link Proof.historySince};
 * undefined if none is.
 */
export async function historyStart(
  db: GraphDatabase,
  domain: string,
  now: Date,
  retentionMs: number,
): Promise<number | undefined> {
  const [first] = await db.read<{ sinceMs: number | null }>(
    // The console's index on numbers has the runs in order, so that only the first ones are read.
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number >= 0 AND r.keeps_history AND r.groups_as_of IS NOT NULL
     RETURN r.groups_as_of.epochMillis AS sinceMs ORDER BY r.okta_domain, r.number LIMIT 1`,
    { domain },
  );
  const sinceMs = first?.sinceMs ?? null;
  return sinceMs === null || retentionMs === 0 ? undefined : Math.max(sinceMs, now.getTime() - retentionMs);
}

function provingRun(
  { startedMs, finishedMs, ...run }: Row & { outcome: SyncOutcome },
  now: Date,
): ProvingRun {
  return {
    ...run,
    finishedAt: iso(finishedMs),
    ageMs: Math.max(0, now.getTime() - startedMs),
    isWhole: run.outcome === 'succeeded',
  };
}

function iso(ms: number | null): string {
  return new Date(ms ?? 0).toISOString();
}
