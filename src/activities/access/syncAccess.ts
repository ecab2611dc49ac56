import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessKind } from '../../contract';
import {
  claimAccess,
  noteDenied,
  noteStep,
  STEPS,
  writeClaimed,
  type AccessWriter,
  type Step,
} from '../../graph/write/access/attempt';
import type { EdgeList } from '../../graph/write/access/owners';
import { msUntilSettled, settle } from '../../graph/write/access/settle';
import type { Run } from '../../graph/write/run';
import { OktaError } from '../../okta/errors';
import { Attempt } from '../context';
import { proofGapMs, type Ports } from '../ports';
import { recordingUsage } from '../usage';
import { AccessNodes } from './accessNodes';
import { OwnerLists } from './ownerLists';

/** `read` reads and adds; `settled` ends what Okta leaves out a second time, some time later. */
export type AccessPart = 'read' | 'settled';

export interface AccessChunk {
  isDone: boolean;
  /** Lists that this chunk has read, and those that it found to read. */
  done: number;
  total: number;
}

/** Parts of the work of one attempt. */
export interface AccessWork {
  ports: Ports;
  writer: AccessWriter;
  attempt: Attempt<unknown>;
  gapMs: number;
}

const KIND_OF: Readonly<Record<Exclude<Step, 'settled'>, AccessKind>> = {
  rules: 'rules',
  apps: 'apps',
  groupApps: 'apps',
  appUsers: 'apps',
  roles: 'roles',
};

const LISTS: Partial<Record<Step, readonly EdgeList[]>> = {
  groupApps: ['groupApps'],
  appUsers: ['appUsers'],
  roles: ['userRoles', 'groupRoles'],
};

/** What to grant for a kind that Okta does not let the credentials read. */
const NEEDED: Readonly<Record<AccessKind, string>> = {
  rules: 'The org may not have group rules, or the scope okta.groups.read is missing.',
  apps: 'The scope okta.apps.read, or an admin role that may view apps, is missing.',
  roles:
    'The scope okta.roles.read, or an admin role that may view roles, is missing: Read-only Administrator is not enough, a custom role with "View roles, resources, and admin assignments" is.',
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
  return recordingUsage(writer, async () => {
    const done = await claimAccess(writer);
    if (part === 'settled') {
      if (!done.has('settled')) await settleAll(work, run);
      return { isDone: true, done: 0, total: 0 };
    }
    const lists = new OwnerLists(work);
    for (const step of STEPS) {
      if (step === 'settled' || done.has(step) || !run.access?.includes(KIND_OF[step])) continue;
      if (attempt.isOver() || !(await isStepDone(work, lists, step)))
        return { isDone: false, ...lists.progress };
    }
    return { isDone: true, ...lists.progress };
  });
}

/** @returns false if the chunk's time was up before the step was done. */
async function isStepDone(
  work: AccessWork,
  lists: OwnerLists,
  step: Exclude<Step, 'settled'>,
): Promise<boolean> {
  const { writer, attempt } = work;
  try {
    const nodes = new AccessNodes(work);
    if (step === 'rules') await nodes.sync('GroupRule');
    if (step === 'apps') await nodes.sync('App');
    if (step === 'roles') await lists.noteAdmins();
    for (const list of LISTS[step] ?? []) if (!(await lists.drain(list))) return false;
    await writeClaimed(writer, async (tx) => {
      await noteStep(tx, writer.run, step);
      return { counts: {}, warnings: [] };
    });
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (!(error instanceof OktaError) || !NOT_READABLE.has(error.code)) throw error;
    await giveUp(writer, KIND_OF[step], error);
  }
  return true;
}

/** What a kind answers that the credentials, or the org, do not have. */
const NOT_READABLE: ReadonlySet<string> = new Set(['OKTA_FORBIDDEN', 'OKTA_BAD_REQUEST', 'OKTA_NOT_FOUND']);

/** Leaves out the steps of a kind in this run, with a warning. */
async function giveUp(writer: AccessWriter, kind: AccessKind, error: OktaError): Promise<void> {
  await writeClaimed(writer, async (tx) => {
    for (const step of STEPS)
      if (step !== 'settled' && KIND_OF[step] === kind) await noteStep(tx, writer.run, step);
    await noteDenied(tx, writer.run, kind);
    const message = `Okta does not let these credentials read ${kind} (${error.code}). ${NEEDED[kind]} That part of the graph stays as it was.`;
    return { counts: {}, warnings: [{ code: 'ACCESS_NOT_READ', message }] };
  });
}

/** Asks a second time for what Okta has left out or denied, and ends what it does so again. */
async function settleAll(work: AccessWork, run: Run): Promise<void> {
  const { ports, writer, attempt, gapMs } = work;
  await pause(await msUntilSettled(ports.graph, run, gapMs), attempt);
  const nodes = new AccessNodes(work);
  const lists = new OwnerLists(work);
  if (run.access?.includes('rules')) await nodes.confirm('GroupRule');
  if (run.access?.includes('apps')) await nodes.confirm('App');
  const doubtful: readonly EdgeList[] = [
    ...(run.access?.includes('apps') ? (['groupApps', 'appUsers'] as const) : []),
    ...(run.access?.includes('roles') ? (['userRoles', 'groupRoles'] as const) : []),
  ];
  for (const list of doubtful) await lists.readAgain(list);
  await settle(writer, ports.sync, () => {
    attempt.signal.throwIfAborted();
    attempt.beat();
  });
}

const BEAT_MS = 5_000;

async function pause(ms: number, { signal, beat }: Attempt<unknown>): Promise<void> {
  if (ms === 0) return;
  const beating = setInterval(beat, BEAT_MS);
  try {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  } finally {
    clearInterval(beating);
  }
  signal.throwIfAborted();
}
