import type { SyncMode, SyncOutcome } from '../contract';
import type { GraphDatabase } from '../graph/database';

/** What an answer rests on; times are ISO 8601 in UTC. */
export interface Proof {
  domain: string;
  /** When the question was asked, by this machine's clock. */
  askedAt: string;
  /** The latest run that came to its end; absent when there was none. */
  run?: ProvingRun;
  /** The latest run that read everything and succeeded; absent when there was none. */
  wholeRun?: { runNumber: number; finishedAt: string };
  /** A run has begun and not ended: the graph may be between two states of Okta. */
  isRunUnderWay: boolean;
  /** From when on the past is kept; absent when none is. */
  historySince?: string;
}

export interface ProvingRun {
  runId: string;
  runNumber: number;
  mode: SyncMode;
  outcome: SyncOutcome;
  finishedAt: string;
  /** Since the run began, at the question: nothing in the graph is older, where the run succeeded. */
  ageMs: number;
  /** Whether the graph then was what Okta had; else the run's report says what it may lack. */
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

/** Runs that are looked at, the newest: more than lie between two full ones. */
const RUNS = 500;

/** @param retentionMs how long history is kept; 0 is not at all. */
export async function proofOf(
  db: GraphDatabase,
  domain: string,
  now: Date,
  retentionMs: number,
): Promise<Proof> {
  const runs = await db.read<Row>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.id IS NOT NULL
     RETURN r.id AS runId, r.number AS runNumber, r.mode AS mode, r.outcome AS outcome,
            r.started_at.epochMillis AS startedMs, r.finished_at.epochMillis AS finishedMs
     ORDER BY r.number DESC LIMIT ${RUNS}`,
    { domain },
  );
  const [first] = await db.read<{ sinceMs: number | null }>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.id IS NOT NULL AND r.keeps_history
     RETURN min(r.started_at).epochMillis AS sinceMs`,
    { domain },
  );
  const ended = runs.find(({ outcome }) => outcome !== 'running');
  const whole = runs.find(({ mode, outcome }) => mode === 'full' && outcome === 'succeeded');
  const sinceMs = first?.sinceMs ?? null;
  return {
    domain,
    askedAt: now.toISOString(),
    ...(ended && { run: provingRun({ ...ended, outcome: ended.outcome as SyncOutcome }, now) }),
    ...(whole && { wholeRun: { runNumber: whole.runNumber, finishedAt: iso(whole.finishedMs) } }),
    isRunUnderWay: runs[0]?.outcome === 'running',
    ...(sinceMs !== null &&
      retentionMs > 0 && { historySince: iso(Math.max(sinceMs, now.getTime() - retentionMs)) }),
  };
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
