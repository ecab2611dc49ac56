import { BUCKETS } from '../../contract';
import type { Counter } from '../../telemetry/runCounts';
import type { GraphDatabase } from '../database';

/** The counts of a running run so far; `endRun` builds its report from the same counters. */
export interface LiveCounts {
  /** Of nodes and relationships together. */
  changes: { added: number; updated: number; removed: number };
  okta: { requests: number; rateLimited: number; waitedMs: number };
  warnings: number;
}

const NODES = ['users', 'groups', 'apps', 'rules'] as const;
const EDGES = ['memberships', 'assignments', 'roles'] as const;

const ADDED: readonly Counter[] = [
  ...NODES.map((kind) => `${kind}_created` as const),
  ...EDGES.map((kind) => `${kind}_added` as const),
];
const UPDATED: readonly Counter[] = NODES.map((kind) => `${kind}_updated` as const);
const REMOVED: readonly Counter[] = [
  ...NODES.map((kind) => `${kind}_deleted` as const),
  ...EDGES.map((kind) => `${kind}_removed` as const),
];
const REQUESTS: readonly Counter[] = BUCKETS.map((bucket) => `okta_requests_${bucket}` as const);

/** Cypher: the sum of counters of the run `r`; one that an earlier version began lacks the newer ones. */
const sumOf = (counters: readonly Counter[]): string =>
  counters.map((counter) => `coalesce(r.${counter}, 0)`).join(' + ');

/** Returns the counters of a run; undefined until it has a number. */
export async function liveCounts(
  db: GraphDatabase,
  domain: string,
  runId: string,
): Promise<LiveCounts | undefined> {
  const [row] = await db.read<LiveCounts>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId})
     RETURN {added: ${sumOf(ADDED)}, updated: ${sumOf(UPDATED)}, removed: ${sumOf(REMOVED)}} AS changes,
       {requests: ${sumOf(REQUESTS)},
        rateLimited: r.okta_rate_limited, waitedMs: r.okta_waited_ms} AS okta,
       size(r.warnings) + r.warnings_omitted AS warnings`,
    { domain, runId },
  );
  return row;
}
