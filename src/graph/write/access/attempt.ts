import type { AccessKind, SyncWarning } from '../../../contract';
import { CodedError } from '../../../faults/fault';
import type { Transaction } from '../../database';
import { writeForRun, type Run, type RunWriter, type Tally } from '../run';

/** Steps of the access phase, in their order; a run records each when it has been done. */
export const STEPS = ['rules', 'apps', 'groupApps', 'appUsers', 'roles', 'settled'] as const;

export type Step = (typeof STEPS)[number];

/** Writes of one attempt: those of an earlier one that still runs are rejected, since what it has read is older. */
export interface AccessWriter extends RunWriter {
  /** Identifies the attempt. */
  readonly claim: string;
}

/** What a run has done of its access phase. */
export interface AccessState {
  done: ReadonlySet<string>;
  /** Kinds that the run leaves as they were. */
  skipped: ReadonlySet<string>;
}

/** Lets only this attempt write what a run reads of apps, roles and rules. */
export async function claimAccess(writer: AccessWriter): Promise<AccessState> {
  const { done, skipped } = await writeForRun(writer, async (tx) => {
    const [row] = await tx.run<{ done: string[]; skipped: string[] }>(
      `MATCH (r:SyncRun {okta_domain: $domain, id: $id}) SET r.access_claim = $claim
       RETURN coalesce(r.access_steps, []) AS done, coalesce(r.access_skipped, []) AS skipped`,
      { domain: writer.run.domain, id: writer.run.id, claim: writer.claim },
    );
    return { counts: {}, warnings: [], ...(row ?? { done: [], skipped: [] }) };
  });
  return { done: new Set(done), skipped: new Set(skipped) };
}

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

/** {@link writeForRun} for the attempt that holds the claim. @throws CodedError `RUN_ENDED` for another one. */
export async function writeClaimed<T extends Tally>(
  writer: AccessWriter,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return writeForRun(writer, async (tx) => {
    const [row] = await tx.run<{ isOwn: boolean }>(
      'MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.access_claim = $claim AS isOwn',
      { domain: writer.run.domain, id: writer.run.id, claim: writer.claim },
    );
    if (!row?.isOwn)
      throw new CodedError(
        'RUN_ENDED',
        'Another attempt reads apps, roles and rules now; nothing was written.',
      );
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
