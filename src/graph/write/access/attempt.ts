import type { AccessKind } from '../../../contract';
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

/** Lets only this attempt write what a run reads of apps, roles and rules. @returns the steps that are done. */
export async function claimAccess(writer: AccessWriter): Promise<Set<string>> {
  const { done } = await writeForRun(writer, async (tx) => {
    const [row] = await tx.run<{ done: string[] }>(
      `MATCH (r:SyncRun {okta_domain: $domain, id: $id}) SET r.access_claim = $claim
       RETURN coalesce(r.access_steps, []) AS done`,
      { domain: writer.run.domain, id: writer.run.id, claim: writer.claim },
    );
    return { counts: {}, warnings: [], done: row?.done ?? [] };
  });
  return new Set(done);
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

/** Records, within a transaction of the attempt, that Okta does not let the credentials read a kind. */
export async function noteDenied(tx: Transaction, { domain, id }: Run, kind: AccessKind): Promise<void> {
  await tx.run(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     SET r.access_denied = [each IN coalesce(r.access_denied, []) WHERE each <> $kind] + $kind`,
    { domain, id, kind },
  );
}

/** Records, within a transaction of the attempt, that a step is done. */
export async function noteStep(tx: Transaction, { domain, id }: Run, step: Step): Promise<void> {
  await tx.run(NOTE_STEP, { domain, id, step });
}
