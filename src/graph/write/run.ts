import { randomUUID } from 'node:crypto';
import { CodedError } from '../../faults/fault';
import { counted } from '../../telemetry/events';
import { COUNTERS, type Counts } from '../../telemetry/runCounts';
import type { AccessKind, SyncMode, SyncWarning, Bucket } from '../../contract';
import type { Usage } from '../../okta/callContext';
import type { GraphDatabase, Transaction } from '../database';
import { integer } from '../values';

/** Identifies a run in every statement. It passes through the workflow, so it holds no secret and no personal data. */
export interface Run {
  domain: string;
  /** Increases by one with each run of a domain; a later run has the higher number. */
  number: number;
  /** Id of the workflow run that began it. */
  id: string;
  mode: SyncMode;
  /** True if a person allows the run to remove more than the breaker does; the numbers are on the `SyncRun`. */
  allowDeletes: boolean;
  /**
   * True, or absent in runs of earlier versions, if nodes and edges that end in this run become history; otherwise they
   * are deleted.
   */
  keepsHistory?: boolean;
  /** Start of an incremental run's user list, milliseconds since the epoch. */
  usersChangedSinceMs?: number;
  /**
   * Start of a list of changed groups, milliseconds since the epoch; absent if the run lists all groups, as all runs of
   * versions up to 0.2.0 do.
   */
  groupsChangedSinceMs?: number;
  /** What the run reads in addition to users, groups and memberships; absent for nothing. */
  access?: readonly AccessKind[];
  /** Share of the lists of assignments and roles, 0 to 1, that the run reads only to verify them; absent for none. */
  accessVerifyShare?: number;
  /** True if the nodes that the run adds carry their Okta label; absent in runs of versions up to 0.2.0. */
  hasOktaLabels?: boolean;
}

/** Query parameters that identify a run and its org. */
export const scopeOf = (run: Run) => ({ domain: run.domain, run: integer(run.number) });

/** Returns true if the run reads only what the System Log has named, and removes no node. */
export const isTouchedRun = ({ mode }: Pick<Run, 'mode'>): boolean => mode === 'touched';

/**
 * Cypher: true if run `r` has lists. Those without, which the watch starts every few seconds, are no sign of whether an
 * org is synced as scheduled.
 */
export const hasLists = (r: string): string => `coalesce(${r}.mode <> 'touched', true)`;

/** Returns true if the run lists all groups: one that it does not list may have been deleted. */
export const listsAllGroups = (run: Run): boolean => run.groupsChangedSinceMs === undefined;

/** Returns true if nodes and edges that end in the run become history. */
export const keepsHistory = (run: Run): boolean => run.keepsHistory !== false;

/** Counts and warnings of one transaction of a run, in addition to its rows. */
export interface Tally {
  counts: Counts;
  warnings: SyncWarning[];
  /** The last statements, already sent; nothing depends on their results. */
  sent?: Promise<unknown> | undefined;
}

/** Returns the error for a write to a run that was already reported, as from a zombie worker. Nothing was written. */
export function runEnded({ number, domain }: Run): CodedError {
  const fact = `Run ${number} of ${domain} has ended, or never began; nothing was written.`;
  return new CodedError('RUN_ENDED', fact);
}

/** Parts that each write of a run needs. */
export interface RunWriter {
  readonly db: GraphDatabase;
  /** The run that the writes are counted in. */
  readonly run: Run;
  /** Okta usage since the last write; each write adds it to the run and resets it. */
  readonly usage: Usage;
}

/** Maximum number of warnings in a report; the rest are counted. */
const MAX_WARNINGS = 200;

/** Number of writes that a `SyncRun` remembers: far more than can follow each other while a driver retries one. */
const MAX_RECENT_WRITES = 50;

const ADD = `
  MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  SET ${COUNTERS.map((name) => `r.${name} = coalesce(r.${name}, 0) + coalesce($counts.${name}, 0)`).join(', ')}
  SET r.recent_writes = ([$write] + coalesce(r.recent_writes, []))[..${MAX_RECENT_WRITES}]
  WITH r, [warning IN $warnings WHERE NOT warning IN r.warnings] AS fresh
  SET r.warnings_omitted = r.warnings_omitted + size(fresh) - size(fresh[..(${MAX_WARNINGS} - size(r.warnings))]),
      r.warnings = r.warnings + fresh[..(${MAX_WARNINGS} - size(r.warnings))]`;

/**
 * Runs one write transaction of a run. It holds the org's lock, so writers of one org run one after another: nothing
 * read in it can become stale before it commits. The counts and warnings that `work` returns are added to the `SyncRun`
 * in the same transaction, so that a retry neither loses nor repeats a count: if only the response to a commit was
 * lost, the driver runs the work again and the `SyncRun` shows that it was done. Committed counts are emitted as an
 * event.
 *
 * @throws CodedError `RUN_ENDED` if the run has been reported meanwhile.
 */
export async function writeForRun<T extends Tally>(
  { db, run, usage }: RunWriter,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const spent = consumeUsage(usage);
  const scope = { ...identityOf(run), write: randomUUID() };
  let result: T | undefined;
  try {
    const written = await db
      .write(async (tx) => {
        // The work is sent without waiting for the lock, which Neo4j takes first: one round trip less.
        const locking = tx.run<{ isOpen: boolean; isDone: boolean }>(LOCK_RUN, scope);
        const working = work(tx);
        await Promise.allSettled([locking, working]);
        // Its failure reaches whoever waits for it below, or nobody if that is not reached.
        void working.then(({ sent }) => sent).catch(() => undefined);
        const [state] = await locking;
        if (state?.isDone && result) throw new WrittenBefore();
        if (!state?.isOpen) throw runEnded(run);
        const done = await working;
        const add = tx.run(ADD, {
          ...scope,
          counts: integers({ ...done.counts, ...spent }),
          warnings: [...new Set(done.warnings.map((warning) => JSON.stringify(warning)))],
        });
        await Promise.all([done.sent, add]);
        return (result = done);
      })
      .catch((error: unknown) => {
        if (error instanceof WrittenBefore && result) return result;
        throw error;
      });
    counted.emit({ domain: run.domain, counts: { ...written.counts, ...spent } });
    return written;
  } catch (error) {
    giveBack(usage, spent);
    throw error;
  }
}

/** Rolls back work that an earlier attempt has committed, though its response was lost. */
class WrittenBefore extends Error {}

/**
 * Cypher: true if run `r` is open and has the properties that the caller states. They come through Temporal: with a
 * made-up number, anybody who may schedule activities could make every later run look like an earlier one.
 */
const IS_OPEN = `r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes`;

/** Query parameters of {@link IS_OPEN}. */
const identityOf = ({ domain, id, number, mode, allowDeletes }: Run) => ({
  domain,
  id,
  number: integer(number),
  mode,
  allowDeletes,
});

/** Cypher: locks the org node until the transaction ends, by setting a property. */
const LOCK = 'MATCH (o:OktaOrg {domain: $domain}) SET o.lock = randomUUID()';

/** Cypher: locks the org before it reads the run, so that nobody closes the run meanwhile. */
const LOCK_RUN = `
  ${LOCK} WITH o
  MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  RETURN ${IS_OPEN} AS isOpen, $write IN coalesce(r.recent_writes, []) AS isDone`;

/**
 * Checks that a run received from Temporal is open in the graph, before any request to Okta.
 *
 * @throws CodedError `RUN_ENDED`
 */
export async function assertOpen(db: GraphDatabase, run: Run): Promise<void> {
  const [state] = await db.read<{ isOpen: boolean }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN ${IS_OPEN} AS isOpen`,
    identityOf(run),
  );
  if (!state?.isOpen) throw runEnded(run);
}

/** Parts of a run that follow each other; each begins when the one before has ended. */
export const RUN_PHASES = ['lists', 'memberships', 'access', 'sweep'] as const;

export type RunPhase = (typeof RUN_PHASES)[number];

/** Records on the `SyncRun` when a phase began, by the database's clock; later calls change nothing. */
export async function beginPhase(db: GraphDatabase, run: Run, phase: RunPhase): Promise<void> {
  await db.run(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE ${IS_OPEN} AND r.${phase}_began_at IS NULL
     SET r.${phase}_began_at = datetime.realtime('UTC')`,
    identityOf(run),
  );
}

/** Locks the org for writing until the transaction ends. */
export async function lockOrg(tx: Transaction, domain: string): Promise<void> {
  await tx.run(LOCK, { domain });
}

/** Adds Okta usage to the run that no other write has added yet. */
export async function recordUsage(writer: RunWriter): Promise<void> {
  const { usage } = writer;
  const isSpent = usage.rateLimited + usage.retries + Math.floor(usage.waitedMs) + sumOf(usage.requests) > 0;
  if (isSpent) await writeForRun(writer, () => Promise.resolve({ counts: {}, warnings: [] }));
}

function sumOf(requests: Usage['requests']): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

/** Converts usage to counts and resets it; milliseconds are rounded down, the fraction is kept for the next call. */
function consumeUsage(usage: Usage): Counts {
  const counts: Counts = {
    okta_rate_limited: usage.rateLimited,
    okta_waited_ms: Math.floor(usage.waitedMs),
    okta_retries: usage.retries,
  };
  usage.rateLimited = 0;
  usage.waitedMs -= Math.floor(usage.waitedMs);
  usage.retries = 0;
  for (const bucket of Object.keys(usage.requests) as Bucket[]) {
    counts[`okta_requests_${bucket}`] = usage.requests[bucket];
    usage.requests[bucket] = 0;
  }
  return counts;
}

function giveBack(usage: Usage, counts: Counts): void {
  usage.rateLimited += counts.okta_rate_limited ?? 0;
  usage.waitedMs += counts.okta_waited_ms ?? 0;
  usage.retries += counts.okta_retries ?? 0;
  for (const bucket of Object.keys(usage.requests) as Bucket[]) {
    usage.requests[bucket] += counts[`okta_requests_${bucket}`] ?? 0;
  }
}

function integers(counts: Counts): Record<string, unknown> {
  return Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, integer(value)]));
}
