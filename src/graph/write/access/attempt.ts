import type { AccessKind, SyncWarning } from '../../../contract';
import { CodedError } from '../../../faults/fault';
import type { GraphDatabase, Transaction } from '../../database';
import { scopeOf, writeForRun, type Run, type RunWriter, type Tally } from '../run';

/** Steps of the access phase, in their order; a run records each when it has been done. */
export const STEPS = ['rules', 'apps', 'groupApps', 'appUsers', 'roles', 'settled'] as const;

export type Step = (typeof STEPS)[number];

/** Writes of one attempt: those of an earlier one that still runs are rejected, since what it has read is older. */
export interface AccessWriter extends RunWriter {
  /** Identifies the attempt. */
  readonly claim: string;
}

/**
 * When Okta was asked. Only what it had left out or denied `gapMs` before counts for the second time, however late the
 * answers are written.
 */
export interface Asked {
  /** A DateTime of the database's clock. */
  at: unknown;
  gapMs: number;
}

/** Returns the time by the database's clock, for requests that are made now. */
export async function askedNow(db: GraphDatabase, gapMs: number): Promise<Asked> {
  const [row] = await db.read<{ at: unknown }>("RETURN datetime.realtime('UTC') AS at");
  return { at: row?.at, gapMs };
}

/** What a run has done of its access phase. */
export interface AccessState {
  done: ReadonlySet<string>;
  /** Kinds that the run leaves as they were. */
  skipped: ReadonlySet<string>;
}

/**
 * Another attempt, or a later run, reads apps, roles and rules now; nothing was written. It is retried: an attempt that
 * was given up can begin after its retry and take over from it.
 */
export class AccessTakenOver extends CodedError {
  /** @param byLaterRun what this run has still to read, the later one reads. */
  constructor(readonly byLaterRun: boolean) {
    const who = byLaterRun ? 'A later run' : 'Another attempt';
    super('RUN_ENDED', `${who} reads apps, roles and rules now; nothing was written.`, {
      retryable: true,
    });
  }
}

/** Cypher: true if a later run has begun to read apps, roles and rules of org `o`. */
const IS_LATE = 'coalesce(o.access_run > $run, false)';

/**
 * Lets only this attempt write what a run reads of apps, roles and rules.
 *
 * @throws AccessTakenOver if a later run has begun to.
 */
export async function claimAccess(writer: AccessWriter): Promise<AccessState> {
  const { done, skipped } = await writeForRun(writer, async (tx) => {
    const [row] = await tx.run<{ isLate: boolean; done: string[]; skipped: string[] }>(
      `MATCH (o:OktaOrg {domain: $domain}) MATCH (r:SyncRun {okta_domain: $domain, id: $id})
       WITH o, r, ${IS_LATE} AS isLate
       FOREACH (_ IN CASE WHEN isLate THEN [] ELSE [1] END | SET r.access_claim = $claim, o.access_run = $run)
       RETURN isLate, coalesce(r.access_steps, []) AS done, coalesce(r.access_skipped, []) AS skipped`,
      claimOf(writer),
    );
    if (row?.isLate) throw new AccessTakenOver(true);
    return { counts: {}, warnings: [], ...(row ?? { done: [], skipped: [] }) };
  });
  return { done: new Set(done), skipped: new Set(skipped) };
}

const claimOf = ({ run, claim }: AccessWriter) => ({ ...scopeOf(run), id: run.id, claim });

/** Leaves a kind as it is for the rest of the run, with a warning that says why. */
export async function skipKind(writer: AccessWriter, kind: AccessKind, warning: SyncWarning): Promise<void> {
  await writeClaimed(writer, async (tx) => {
    await tx.run(
      `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
       SET r.access_skipped = [each IN coalesce(r.access_skipped, []) WHERE each <> $kind] + $kind`,
      { domain: writer.run.domain, id: writer.run.id, kind },
    );
    return { counts: {}, warnings: [warning] };
  });
}

/** {@link writeForRun} for the attempt that holds the claim. @throws AccessTakenOver for another one. */
export async function writeClaimed<T extends Tally>(
  writer: AccessWriter,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return writeForRun(writer, async (tx) => {
    const [row] = await tx.run<{ isOwn: boolean; isLate: boolean }>(
      `MATCH (o:OktaOrg {domain: $domain}) MATCH (r:SyncRun {okta_domain: $domain, id: $id})
       RETURN r.access_claim = $claim AS isOwn, ${IS_LATE} AS isLate`,
      claimOf(writer),
    );
    if (!row?.isOwn || row.isLate) throw new AccessTakenOver(row?.isLate === true);
    return work(tx);
  });
}

/** Cypher: records that a step is done. */
const NOTE_STEP = `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  SET r.access_steps = [step IN coalesce(r.access_steps, []) WHERE step <> $step] + $step`;

/** Records, within a transaction of the attempt, that a step is done. */
export async function noteStep(tx: Transaction, { domain, id }: Run, step: Step): Promise<void> {
  await tx.run(NOTE_STEP, { domain, id, step });
}
