import type { SyncOutcome } from '../../contract';
import type { GraphDatabase } from '../database';
import { dateTime, integer } from '../values';
import { hasRead } from '../write/access/kinds';
import { hasLists } from '../write/run';
import { ISO } from './reports';

/** What a run changes, by the counts of a {@link ChangingRun}. A role is the assignment of an admin role. */
export const CHANGED_OBJECTS = {
  user: 'users',
  group: 'groups',
  membership: 'memberships',
  app: 'apps',
  assignment: 'assignments',
  role: 'roles',
  rule: 'rules',
} as const;

export type ChangedObject = keyof typeof CHANGED_OBJECTS;

export const CHANGE_OBJECTS = Object.keys(CHANGED_OBJECTS) as ChangedObject[];

export type ChangeKind = 'added' | 'changed' | 'removed';

type EdgeChanges = Record<'added' | 'removed', number>;

/** A run and its own counts of what it changed. */
export interface ChangingRun {
  runId: string;
  runNumber: number;
  outcome: SyncOutcome | 'running';
  startedAt: string;
  users: Record<ChangeKind, number>;
  groups: Record<ChangeKind, number>;
  memberships: EdgeChanges;
  /** Null for what the run has neither read whole nor changed. */
  apps: EdgeChanges | null;
  assignments: EdgeChanges | null;
  roles: EdgeChanges | null;
  rules: EdgeChanges | null;
}

/** Cypher: what run `r` has counted of each kind of access as added and as removed. */
const ACCESS = (
  [
    ['apps', 'created', 'deleted'],
    ['assignments', 'added', 'removed'],
    ['roles', 'added', 'removed'],
    ['rules', 'created', 'deleted'],
  ] as const
).map(([kind, added, removed]) => {
  const count = (name: string) => `coalesce(r.${kind}_${name}, 0)`;
  return { kind, added: count(added), removed: count(removed) };
});

/** Cypher: the counts of run `r`, null for what it has neither read whole nor changed. */
const ACCESS_COUNTS = ACCESS.map(
  ({ kind, added, removed }) =>
    `CASE WHEN ${hasRead(kind)} OR ${added} + ${removed} > 0 THEN {added: ${added}, removed: ${removed}} END AS ${kind}`,
).join(', ');

/** Cypher: how many changes of access run `r` has counted. */
const ACCESS_TOTAL = ACCESS.map(({ added, removed }) => `${added} + ${removed}`).join(' + ');

/** Cypher: the columns of a {@link ChangingRun}. */
const RUN = `r.id AS runId, r.number AS runNumber, r.outcome AS outcome, ${ISO('r.started_at')} AS startedAt,
            {added: r.users_created, changed: r.users_updated, removed: r.users_deleted} AS users,
            {added: r.groups_created, changed: r.groups_updated, removed: r.groups_deleted} AS groups,
            {added: r.memberships_added, removed: r.memberships_removed} AS memberships,
            ${ACCESS_COUNTS}`;

/** Returns the runs that began at or after a time, or the one with this id; oldest first. */
export async function changingRuns(
  db: GraphDatabase,
  domain: string,
  which: { sinceMs: number } | { runId: string },
): Promise<ChangingRun[]> {
  const where = 'sinceMs' in which ? 'r.started_at >= $since' : 'r.id = $runId';
  return db.read<ChangingRun>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE ${where} RETURN ${RUN} ORDER BY runNumber`,
    'sinceMs' in which ? { domain, since: dateTime(which.sinceMs) } : { domain, runId: which.runId },
  );
}

/** A run with the time that its changes are counted for. */
export interface DatedRun extends ChangingRun {
  /** When it read the groups by Okta's clock, or began if it has not, in milliseconds since the epoch. */
  atMs: number;
  /** True if it read into an empty graph, so that what it added did not change in Okta. */
  isFirst: boolean;
}

const DATED = `${RUN}, coalesce(r.groups_as_of, r.started_at).epochMillis AS atMs,
            coalesce(r.users_at_start = 0 OR r.memberships_at_start = 0, false) AS isFirst`;

/** A run's read of the groups is nearer to its start than this, even if the clocks of Okta and Neo4j differ. */
const NEAR = 'duration({days: 1})';

/** Returns the runs with changes that read the groups from one time until another, newest first. */
export async function runsBetween(
  db: GraphDatabase,
  domain: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<DatedRun[]> {
  return db.read<DatedRun>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.started_at >= $from - ${NEAR} AND r.started_at < $to + ${NEAR}
     WITH r, coalesce(r.groups_as_of, r.started_at) AS at WHERE at >= $from AND at < $to
       AND r.users_created + r.users_updated + r.users_deleted + r.groups_created + r.groups_updated + r.groups_deleted
         + r.memberships_added + r.memberships_removed
         + ${ACCESS_TOTAL} > 0
     RETURN ${DATED} ORDER BY runNumber DESC`,
    { domain, from: dateTime(fromMs), to: dateTime(toMs) },
  );
}

/** The runs that have read what they could within some time. */
export interface Reads {
  count: number;
  /** When the last run ever did, milliseconds since the epoch; null if none has. */
  lastMs: number | null;
}

/** Returns how many runs have read what they could from one time until another, and when the last one ever did. */
export async function readsBetween(
  db: GraphDatabase,
  domain: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<Reads> {
  const [row] = await db.read<Reads>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.outcome IN ['succeeded', 'partial'] AND ${hasLists('r')}
     WITH coalesce(r.groups_as_of, r.started_at) AS at
     RETURN sum(CASE WHEN at >= $from AND at < $to THEN 1 ELSE 0 END) AS count, max(at).epochMillis AS lastMs`,
    { domain, from: dateTime(fromMs), to: dateTime(toMs) },
  );
  return row ?? { count: 0, lastMs: null };
}

/** Returns the runs with these numbers, in any order. */
export async function runsNumbered(
  db: GraphDatabase,
  domain: string,
  numbers: readonly number[],
): Promise<DatedRun[]> {
  return db.read<DatedRun>(
    `UNWIND $numbers AS number MATCH (r:SyncRun {okta_domain: $domain, number: number}) RETURN ${DATED}`,
    { domain, numbers: numbers.map(integer) },
  );
}

/** Returns how many changes of a kind the runs have counted together. */
export function countsIn(runs: readonly ChangingRun[], what: ChangedObject): Record<ChangeKind, number> {
  const sum = (change: ChangeKind) =>
    runs.reduce((total, run) => {
      const counts: Partial<Record<ChangeKind, number>> | null = run[CHANGED_OBJECTS[what]];
      return total + (counts?.[change] ?? 0);
    }, 0);
  return { added: sum('added'), changed: sum('changed'), removed: sum('removed') };
}

/** Returns how many changes of these kinds the runs have counted, by default of all. */
export function totalIn(
  runs: readonly ChangingRun[],
  kinds: Iterable<ChangedObject> = CHANGE_OBJECTS,
): number {
  return [...kinds]
    .flatMap((what) => Object.values(countsIn(runs, what)))
    .reduce((total, count) => total + count, 0);
}

/**
 * Returns how many changes the runs have counted that are not in the graph; never negative, since a run in progress has
 * not counted all yet.
 *
 * @param found number of changes that were read, by object and kind, such as `user added`.
 */
export function missingOf(runs: readonly ChangingRun[], found: ReadonlyMap<string, number>): number {
  return CHANGE_OBJECTS.flatMap((what) =>
    Object.entries(countsIn(runs, what)).map(([change, counted]) =>
      Math.max(0, counted - (found.get(`${what} ${change}`) ?? 0)),
    ),
  ).reduce((total, missing) => total + missing, 0);
}
