import type { GraphDatabase } from '../database';
import { dateTime } from '../values';

/**
 * Removes runs of a domain that ended more than `retentionMs` ago; 0 keeps all. These are kept regardless of age: runs
 * that have not ended, the last ended one, the last successful one, and the last successful full one.
 */
export async function removeOldRuns(db: GraphDatabase, domain: string, retentionMs: number): Promise<void> {
  if (retentionMs === 0) return;
  await db.run(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.outcome <> 'running'
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
