import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { CODES } from '../../codes';
import type { AccessKind, SyncWarning } from '../../contract';
import {
  AccessTakenOver,
  claimAccess,
  noteStep,
  skipKind,
  STEPS,
  writeClaimed,
  type AccessWriter,
  type Step,
} from '../../graph/write/access/attempt';
import type { AccessLabel } from '../../graph/write/access/nodes';
import type { EdgeList } from '../../graph/write/access/owners';
import { msUntilSettled, settle } from '../../graph/write/access/settle';
import type { Run } from '../../graph/write/run';
import { KIND_REJECTED, OktaError } from '../../okta/errors';
import { Attempt } from '../context';
import { proofGapMs, type Ports } from '../ports';
import { recordingUsage } from '../usage';
import { AccessNodes } from './accessNodes';
import { OwnerLists } from './ownerLists';
import type { AccessWork } from './work';

/** `read` reads and adds; `settled` ends what Okta leaves out a second time, some time later. */
export type AccessPart = 'read' | 'settled';

export interface AccessChunk {
  isDone: boolean;
  /** Lists that this chunk has read, and those that it found to read. */
  done: number;
  total: number;
}

const KIND_OF: Readonly<Record<Exclude<Step, 'settled'>, AccessKind>> = {
  rules: 'rules',
  apps: 'apps',
  groupApps: 'apps',
  appUsers: 'apps',
  roles: 'roles',
};

const NODES: Partial<Record<Step, AccessLabel>> = { rules: 'GroupRule', apps: 'App' };

const LISTS: Partial<Record<Step, readonly EdgeList[]>> = {
  groupApps: ['groupApps'],
  appUsers: ['appUsers'],
  roles: ['userRoles', 'groupRoles'],
};

/**
 * Reads group rules, apps with their direct assignments, and admin roles, as far as the run asks for them, for the time
 * of a chunk. A kind that Okta does not let the credentials read is one warning, and its part of the graph stays as it
 * was.
 */
export async function syncAccess(ports: Ports, run: Run, part: AccessPart): Promise<AccessChunk> {
  const attempt = new Attempt<never>(ports.chunkMs);
  const writer: AccessWriter = { db: ports.graph, run, usage: attempt.usage, claim: randomUUID() };
  const work: AccessWork = { ports, writer, attempt, gapMs: proofGapMs(ports) };
  const lists = new OwnerLists(work);
  const working = recordingUsage(writer, async () => {
    const { done, skipped } = await claimAccess(writer);
    const kinds = new Set(run.access?.filter((kind) => !skipped.has(kind)));
    if (part === 'settled') {
      if (!done.has('settled')) await settleAll(work, kinds);
      return { isDone: true, done: 0, total: 0 };
    }
    let steps = 0;
    for (const step of STEPS) {
      if (step === 'settled' || done.has(step) || !kinds.has(KIND_OF[step])) continue;
      // Each chunk does something, however short it is.
      if (steps > 0 && attempt.isOver()) return { isDone: false, ...lists.progress };
      steps += 1;
      const result = await doStep(work, lists, step);
      if (result === 'skipped') kinds.delete(KIND_OF[step]);
      if (result === 'cut') return { isDone: false, ...lists.progress };
    }
    return { isDone: true, ...lists.progress };
  });
  return attempt.during(working).catch((error: unknown) => {
    if (error instanceof AccessTakenOver && error.byLaterRun) return { isDone: true, ...lists.progress };
    throw error;
  });
}

/** @returns `cut` if the chunk's time was up before the step was done, and `skipped` if its kind is left as it is. */
async function doStep(
  work: AccessWork,
  lists: OwnerLists,
  step: Exclude<Step, 'settled'>,
): Promise<'done' | 'cut' | 'skipped'> {
  const { writer, attempt } = work;
  try {
    const label = NODES[step];
    if (label) await new AccessNodes(work).sync(label);
    if (step === 'roles') await lists.noteAdmins();
    for (const list of LISTS[step] ?? []) if (!(await lists.drain(list))) return 'cut';
    await writeClaimed(writer, async (tx) => {
      await noteStep(tx, writer.run, step);
      return { counts: {}, warnings: [] };
    });
  } catch (error) {
    attempt.signal.throwIfAborted();
    const warning = whyNotRead(KIND_OF[step], error);
    if (!warning) throw error;
    await skipKind(writer, KIND_OF[step], warning);
    return 'skipped';
  }
  return 'done';
}

/** Number of attempts after which a run goes on without a kind. */
const MAX_ATTEMPTS = 5;

/**
 * Returns the warning for a kind that the run goes on without, so that nothing of it holds up users, groups and
 * memberships; undefined if the attempt is to fail with the error.
 */
function whyNotRead(kind: AccessKind, error: unknown): SyncWarning | undefined {
  if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') return undefined;
  if (KIND_REJECTED.has(error.code)) {
    const { code, fact, advice } = error;
    const reason =
      kind === 'rules' && code !== 'OKTA_FORBIDDEN' ? `${fact} The org may not have group rules.` : fact;
    return {
      code: 'ACCESS_NOT_READ',
      message: `Okta does not let these credentials read ${kind}; that part of the graph stays as it was. ${reason}`,
      ...(code === 'OKTA_FORBIDDEN' && advice !== undefined && { advice }),
    };
  }
  if (error.retryable && Context.current().info.attempt < MAX_ATTEMPTS) return undefined;
  const message = `Okta's list of ${kind} could not be read (${error.code}); that part of the graph stays as it was, and the next run reads it again.`;
  return { code: 'ACCESS_LEFT', message };
}

/** Asks a second time for what Okta has left out or denied, and ends what it does so again. */
async function settleAll(work: AccessWork, kinds: ReadonlySet<AccessKind>): Promise<void> {
  const { ports, writer, attempt, gapMs } = work;
  await attempt.pause(await msUntilSettled(ports.graph, writer.run, gapMs));
  const nodes = new AccessNodes(work);
  const lists = new OwnerLists(work);
  for (const kind of kinds) {
    try {
      for (const step of STEPS) {
        if (step === 'settled' || KIND_OF[step] !== kind) continue;
        const label = NODES[step];
        if (label) await nodes.confirm(label);
        for (const list of LISTS[step] ?? []) await lists.readAgain(list);
      }
    } catch (error) {
      attempt.signal.throwIfAborted();
      const warning = whyNotRead(kind, error);
      if (!warning) throw error;
      // What was left out once stays in doubt, and the next run asks again.
      await skipKind(writer, kind, warning);
    }
  }
  await settle(writer, ports.sync, () => {
    attempt.signal.throwIfAborted();
    attempt.beat();
  });
}
