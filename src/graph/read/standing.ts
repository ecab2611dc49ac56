import type { SyncOutcome } from '../../contract';
import type { GraphDatabase } from '../database';
import { ACCESS_OBJECTS } from '../write/access/kinds';
import type { RemovalCounts } from '../write/approvals';
import { REMOVABLE_KINDS } from '../write/breaker';
import { hasLists } from '../write/run';
import { findingsIn, type OrgMeasure } from '../write/measures';
import type { OrgSize } from './orgSize';

/** An org's state after its last finished run. Times are milliseconds since the epoch. */
export interface Standing {
  domain: string;
  /** Start of the first run that is still recorded, for an org that has never succeeded. */
  firstRunMs: number | null;
  lastSuccessMs: number | null;
  /** Start of the last run that succeeded. */
  lastSuccessStartMs: number | null;
  /** Start of the newest run with lists, if it is in progress; null if it has ended. */
  inProgressSinceMs: number | null;
  /** Null until a run has ended. */
  lastRun: {
    outcome: SyncOutcome;
    durationMs: number;
    /** Removals that the breaker withheld. */
    withheld: RemovalCounts;
  } | null;
  /** Null until a run has ended. */
  size: OrgSize | null;
  /** Findings of the latest measure, by name; one that was not known then is absent. */
  findings: Readonly<Record<string, number>>;
}

/** Returns the state of these orgs; those that are not in the graph are omitted. Reads only the sync's own records. */
export async function standings(db: GraphDatabase, domains: readonly string[]): Promise<Standing[]> {
  const rows = await db.read<Omit<Standing, 'findings'> & { numbers: OrgMeasure['numbers'] }>(
    `MATCH (o:OktaOrg) WHERE o.domain IN $domains
     OPTIONAL MATCH (r:SyncRun {okta_domain: o.domain, number: o.last_ended_run})
     RETURN o.domain AS domain, o.last_success_at.epochMillis AS lastSuccessMs,
            coalesce(o.last_success_began_at, o.last_success_at).epochMillis AS lastSuccessStartMs,
            COLLECT { MATCH (n:SyncRun {okta_domain: o.domain, outcome: 'running'})
              WHERE ${hasLists('n')} AND n.number > coalesce(o.last_ended_run, 0)
              RETURN n.started_at.epochMillis ORDER BY n.number DESC LIMIT 1 }[0] AS inProgressSinceMs,
            COLLECT { MATCH (f:SyncRun {okta_domain: o.domain}) WHERE f.started_at IS NOT NULL AND ${hasLists('f')}
              RETURN f.started_at.epochMillis ORDER BY f.okta_domain, f.started_at LIMIT 1 }[0] AS firstRunMs,
            CASE WHEN r IS NULL THEN null ELSE {
              outcome: r.outcome,
              durationMs: r.finished_at.epochMillis - r.started_at.epochMillis,
              withheld: { ${REMOVABLE_KINDS.map((kind) => `${kind}: coalesce(r.${kind}_withheld, 0)`).join(', ')} }
            } END AS lastRun,
            CASE WHEN o.last_ended_run IS NULL THEN null
                 ELSE { users: o.users, groups: o.groups, memberships: o.memberships, ${ACCESS_OBJECTS.map((kind) => `${kind}: o.${kind}`).join(', ')} } END AS size,
            coalesce(COLLECT {
              MATCH (m:OrgMeasure {okta_domain: o.domain}) WHERE m.run IS NOT NULL
              RETURN properties(m) ORDER BY m.run DESC LIMIT 1 }[0], {}) AS numbers`,
    { domains },
  );
  return rows.map(({ numbers, ...standing }) => ({ ...standing, findings: findingsIn({ numbers }) }));
}
