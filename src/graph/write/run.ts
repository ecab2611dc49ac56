import { randomUUID } from 'node:crypto';
import { CodedError } from '../../faults/fault';
import { counted } from '../../telemetry/events';
import { COUNTERS, type Counts } from '../../telemetry/runCounts';
import type { SyncMode, SyncWarning, Bucket } from '../../contract';
import type { Usage } from '../../okta/callContext';
import type { GraphDatabase, Transaction } from '../database';
import { integer } from '../values';

/** What names a run in every statement. It travels through the workflow, so it holds no secret and no person. */
export interface Run {
  domain: string;
  /** Counts up by one with each run of a domain; a later run has the higher number. */
  number: number;
  /** The workflow run that began it. */
  id: string;
  mode: SyncMode;
  /** True if a person lets the run remove beyond the breaker; how much is on the `SyncRun`. */
  allowDeletes: boolean;
  /** Whether what ends in this run becomes history, else it is deleted. Absent, it does: an earlier version began the run. */
  keepsHistory?: boolean;
  /** Where an incremental run's user list begins, milliseconds since the epoch. */
  usersChangedSinceMs?: number;
}

/** What statements about a run's org take. */
export const scopeOf = (run: Run) => ({ domain: run.domain, run: integer(run.number) });

/** Whether what ends in the run becomes history. */
export const keepsHistory = (run: Run): boolean => run.keepsHistory !== false;

/** What a transaction of a run has to tell beside its rows. */
export interface Tally {
  counts: Counts;
  warnings: SyncWarning[];
}

/** A write came for a run that has already been reported: a zombie's. Nothing was written. */
export function runEnded({ number, domain }: Run): CodedError {
  const fact = `Run ${number} of ${domain} has ended, or never began; nothing was written.`;
  return new CodedError('RUN_ENDED', fact);
}

/** What every writer of a run takes. */
export interface RunWriter {
  readonly db: GraphDatabase;
  /** The run under which what is written is counted. */
  readonly run: Run;
  /** What was spent on Okta since the last write; each write adds it to the run and empties it. */
  readonly usage: Usage;
}

/** A report holds this many warnings; the rest is counted. */
const MOST_WARNINGS = 200;

/** Writes that a `SyncRun` remembers: many more than can follow each other while a driver repeats one. */
const MOST_RECENT_WRITES = 50;

const ADD = `
  MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  SET ${COUNTERS.map((name) => `r.${name} = coalesce(r.${name}, 0) + coalesce($counts.${name}, 0)`).join(', ')}
  SET r.recent_writes = ([$write] + coalesce(r.recent_writes, []))[..${MOST_RECENT_WRITES}]
  WITH r, [warning IN $warnings WHERE NOT warning IN r.warnings] AS fresh
  SET r.warnings_omitted = r.warnings_omitted + size(fresh) - size(fresh[..(${MOST_WARNINGS} - size(r.warnings))]),
      r.warnings = r.warnings + fresh[..(${MOST_WARNINGS} - size(r.warnings))]`;

/**
 * One writing transaction of a run. It holds the org's lock, so writers of one org follow each other: nothing
 * read in it can go stale before it commits. What `work` tells is added to the `SyncRun` in the same
 * transaction, so that a retry neither loses nor repeats a count: where only the answer to a commit was lost, the
 * driver runs the work again, and the `SyncRun` tells that it was done. What was committed is told as an event.
 *
 * @throws CodedError `RUN_ENDED` when the run has been reported meanwhile.
 */
export async function writeForRun<T extends Tally>(
  { db, run, usage }: RunWriter,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const spent = takeUsage(usage);
  const scope = { ...identityOf(run), write: randomUUID() };
  let result: T | undefined;
  try {
    const written = await db.write(async (tx) => {
      const [state] = await tx.run<{ isOpen: boolean; isDone: boolean }>(LOCK_RUN, scope);
      if (state?.isDone && result) return result;
      if (!state?.isOpen) throw runEnded(run);
      result = await work(tx);
      await tx.run(ADD, {
        ...scope,
        counts: integers({ ...result.counts, ...spent }),
        warnings: [...new Set(result.warnings.map((warning) => JSON.stringify(warning)))],
      });
      return result;
    });
    counted.tell({ domain: run.domain, counts: { ...written.counts, ...spent } });
    return written;
  } catch (error) {
    giveBack(usage, spent);
    throw error;
  }
}

/**
 * Cypher: true if run `r` is open and is what the caller takes it for. The caller's word comes through Temporal: with a
 * number of their own, whoever may schedule activities could make every later run look like an earlier one.
 */
const IS_OPEN = `r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes`;

/** What {@link IS_OPEN} takes. */
const identityOf = ({ domain, id, number, mode, allowDeletes }: Run) => ({
  domain,
  id,
  number: integer(number),
  mode,
  allowDeletes,
});

/** A node is locked, until the transaction ends, by the first property set on it. */
const LOCK = 'MATCH (o:OktaOrg {domain: $domain}) SET o.lock = randomUUID()';

/** The run is looked at behind the lock: nobody closes it meanwhile. */
const LOCK_RUN = `
  ${LOCK} WITH o
  MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  RETURN ${IS_OPEN} AS isOpen, $write IN coalesce(r.recent_writes, []) AS isDone`;

/**
 * Checks that a run which Temporal handed over is one that the graph knows as open, before anything is asked of Okta.
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

/** Takes the org's write lock until the transaction ends. */
export async function lockOrg(tx: Transaction, domain: string): Promise<void> {
  await tx.run(LOCK, { domain });
}

/** Adds what was spent on Okta and not yet told with any row. */
export async function tellUsage(writer: RunWriter): Promise<void> {
  const { usage } = writer;
  const isSpent = usage.rateLimited + usage.retries + Math.floor(usage.waitedMs) + sumOf(usage.requests) > 0;
  if (isSpent) await writeForRun(writer, () => Promise.resolve({ counts: {}, warnings: [] }));
}

function sumOf(requests: Usage['requests']): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

/** Moves what was spent into counts; milliseconds are rounded, the rest stays for the next time. */
function takeUsage(usage: Usage): Counts {
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
