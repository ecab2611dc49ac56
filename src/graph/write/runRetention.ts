import type { GraphDatabase } from '../database';
import { dateTime } from '../values';
import { COUNTERS } from '../../telemetry/runCounts';
import { hasLists } from './run';

/** How long a run of mode `touched` that changed nothing is kept: there can be several a minute. */
const UNCHANGING_RETENTION_MS = 7 * 86_400_000;

/** Cypher: how many changes a run has counted. */
const changesOf = (run: string) =>
  COUNTERS.filter((name) => /_(created|updated|deleted|added|removed)$/.test(name))
    .map((name) => `coalesce(${run}.${name}, 0)`)
    .join(' + ');

/**
 * Removes runs of a domain that ended more than `retentionMs` ago; 0 keeps all. Those of mode `touched` that changed
 * nothing are kept for seven days at most; lists of changes need the others. These are kept regardless of age: runs that
 * have not ended, the last ended one, the last successful one, and the last successful full one.
 */
export async function removeOldRuns(db: GraphDatabase, domain: string, retentionMs: number): Promise<void> {
  const unchangingMs =
    retentionMs === 0 ? UNCHANGING_RETENTION_MS : Math.min(retentionMs, UNCHANGING_RETENTION_MS);
  await db.run(
    `MATCH (old:SyncRun {okta_domain: $domain, mode: 'touched'})
     WHERE old.outcome <> 'running' AND old.finished_at < $endedBefore AND ${changesOf('old')} = 0
     CALL (old) { DETACH DELETE old } IN TRANSACTIONS OF 100 ROWS`,
    { domain, endedBefore: dateTime(Date.now() - unchangingMs) },
  );
  if (retentionMs === 0) return;
  await db.run(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.outcome <> 'running' AND ${hasLists('r')}
     WITH max(r.number) AS lastEnded,
          max(CASE WHEN r.outcome = 'succeeded' THEN r.number END) AS lastSucceeded,
          max(CASE WHEN r.outcome = 'succeeded' AND r.mode = 'full' THEN r.number END) AS lastFull
     MATCH (old:SyncRun {okta_domain: $domain})
     WHERE old.outcome <> 'running' AND old.finished_at < $endedBefore
       AND NOT old.number IN [number IN [lastEnded, lastSucceeded, lastFull] WHERE number IS NOT NULL]
     CALL (old) { DETACH DELETE old } IN TRANSACTIONS OF 100 ROWS`,
    { domain, endedBefore: dateTime(Date.now() - retentionMs) },
  );
}
