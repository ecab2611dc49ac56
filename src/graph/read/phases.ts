import type { GraphDatabase } from '../database';
import { RUN_PHASES, type RunPhase } from '../write/run';

/** When a phase of an ended run began, and how long it took until the next one, in milliseconds. */
export interface PhaseTime {
  phase: RunPhase;
  /** Since the run's start. */
  fromMs: number;
  durationMs: number;
}

/** Returns the phases of an ended run in order; none if its version did not record them. */
export async function phasesOf(db: GraphDatabase, domain: string, runId: string): Promise<PhaseTime[]> {
  const [row] = await db.read<{ endMs: number | null; begins: { phase: RunPhase; fromMs: number | null }[] }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId})
     RETURN r.finished_at.epochMillis - r.started_at.epochMillis AS endMs, [${RUN_PHASES.map(
       (phase) => `{phase: '${phase}', fromMs: r.${phase}_began_at.epochMillis - r.started_at.epochMillis}`,
     ).join(', ')}] AS begins`,
    { domain, runId },
  );
  if (row?.endMs == null) return [];
  const begins = row.begins.flatMap(({ phase, fromMs }) => (fromMs === null ? [] : [{ phase, fromMs }]));
  const ends = [...begins.slice(1).map(({ fromMs }) => fromMs), row.endMs];
  return begins.map((begin, nth) => ({ ...begin, durationMs: (ends[nth] ?? begin.fromMs) - begin.fromMs }));
}
