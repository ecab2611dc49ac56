import { BUCKETS } from '../../contract';
import { RUN_PHASES, type RunPhase } from '../write/run';
import type { Counter } from '../../telemetry/runCounts';
import type { GraphDatabase } from '../database';

/** Numbers of nodes and relationships that a run has changed. */
interface Changes {
  added: number;
  updated: number;
  removed: number;
}

/** The counts of a running run so far; `endRun` builds its report from the same counters. */
export interface LiveCounts {
  /** Of nodes and relationships together. */
  changes: Changes;
  phases: Record<RunPhase, LivePhase>;
  /** Different users and groups that its lists have shown. */
  seen: { users: number; groups: number };
  /** Groups whose members were read. */
  groupsRead: number;
  /** Users and groups in the graph at the run's start. */
  atStart: { users: number; groups: number };
  okta: { requests: number; rateLimited: number; waitedMs: number };
  warnings: number;
}

/** A phase of a running run. */
export interface LivePhase {
  /** Milliseconds since it began, by the database's clock; null if it has not begun, or nobody recorded when. */
  sinceMs: number | null;
  /** What has changed of what it is about; of the sweep, what was removed because Okta has deleted it. */
  changes: Changes;
}

const NODES = ['users', 'groups', 'apps', 'rules'] as const;
const EDGES = ['memberships', 'assignments', 'roles'] as const;

const REQUESTS: readonly Counter[] = BUCKETS.map((bucket) => `okta_requests_${bucket}` as const);

/** Cypher: the sum of counters of the run `r`; one that an earlier version began lacks the newer ones. */
const sumOf = (counters: readonly Counter[]): string =>
  ['0', ...counters.map((counter) => `coalesce(r.${counter}, 0)`)].join(' + ');

type Node = (typeof NODES)[number];
type Edge = (typeof EDGES)[number];

/** Cypher: the changes of kinds of nodes and relationships, as a {@link Changes}. */
function changesOf(nodes: readonly Node[], edges: readonly Edge[], removed: readonly Node[] = nodes): string {
  const added = [
    ...nodes.map((kind) => `${kind}_created` as const),
    ...edges.map((kind) => `${kind}_added` as const),
  ];
  const gone = [
    ...removed.map((kind) => `${kind}_deleted` as const),
    ...edges.map((kind) => `${kind}_removed` as const),
  ];
  return `{added: ${sumOf(added)}, updated: ${sumOf(nodes.map((kind) => `${kind}_updated` as const))}, removed: ${sumOf(gone)}}`;
}

const PHASE_CHANGES: Readonly<Record<RunPhase, string>> = {
  lists: changesOf(['users', 'groups'], [], []),
  memberships: changesOf([], ['memberships']),
  access: changesOf(['apps', 'rules'], ['assignments', 'roles']),
  sweep: changesOf([], [], ['users', 'groups']),
};

const PHASES = RUN_PHASES.map(
  (phase) =>
    `${phase}: {sinceMs: datetime.realtime('UTC').epochMillis - r.${phase}_began_at.epochMillis, changes: ${PHASE_CHANGES[phase]}}`,
).join(', ');

/** Returns the counters of a run; undefined until it has a number. */
export async function liveCounts(
  db: GraphDatabase,
  domain: string,
  runId: string,
): Promise<LiveCounts | undefined> {
  const [row] = await db.read<LiveCounts>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId})
     RETURN ${changesOf(NODES, EDGES)} AS changes, {${PHASES}} AS phases,
       {users: r.users_seen, groups: r.groups_seen} AS seen, r.memberships_groups_read AS groupsRead,
       {users: r.users_at_start, groups: r.groups_at_start} AS atStart,
       {requests: ${sumOf(REQUESTS)},
        rateLimited: r.okta_rate_limited, waitedMs: r.okta_waited_ms} AS okta,
       size(r.warnings) + r.warnings_omitted AS warnings`,
    { domain, runId },
  );
  return row;
}
