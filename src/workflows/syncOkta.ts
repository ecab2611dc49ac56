import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { RawValue } from '@temporalio/common';
import type { BegunRun } from '../activities/runs';
import type { AccessPart } from '../activities/access/syncAccess';
import type { ListChunk, ListCursor } from '../activities/lists';
import {
  currentWait,
  isNewsworthy,
  PROGRESS_QUERY,
  WAITING_SIGNAL,
  type OktaWait,
  type SyncPhase,
  type SyncProgress,
  type SyncReport,
  type SyncRequest,
  type Ending,
} from '../contract';
import type { Code } from '../codes';
import { withAdvice } from '../faults/fault';
import { failureOf, isToAnnounce } from '../faults/temporalFailure';
import {
  beginRun,
  endRun,
  sweep,
  syncAccess,
  syncGroups,
  syncMemberships,
  syncTouched,
  syncUsers,
} from './activities';
import { assertInput, REQUEST, WAIT } from '../boundary/inputs';
import { decoded, RAW_SIGNAL, takesRawInputs, valid } from './decode';
import { notBegunDetails, progressDetails, reportDetails } from './details';
import { endingOf, reasonOf } from './ending';
import { announce } from './notifyRun';
import { noteBegun, noteOutcome } from './visibility';
import { newState, resume, type SyncState } from './state';
import { together } from './together';

export const progressQuery = defineQuery<SyncProgress>(PROGRESS_QUERY);

/** Signals that an activity of this run waits for Okta. It only changes what the run shows, not what it does. */
export const waitingSignal = defineSignal<[RawValue<OktaWait>]>(WAITING_SIGNAL, RAW_SIGNAL);

/**
 * One run: syncs the org's users and groups, then the members of the groups on the work list, then sweeps deleted
 * nodes, then writes the report, which it returns if the run came to its end, complete or partial.
 *
 * @param request a {@link SyncRequest}, or nothing.
 * @param carried the {@link SyncState} from an earlier workflow run of the same sync whose history has grown long.
 * @throws ApplicationFailure `SYNC_FAILED` with the report as its first detail, or `INVALID_INPUT`; CancelledFailure if
 * canceled.
 */
export async function syncOkta(
  request?: RawValue<SyncRequest | null>,
  carried?: RawValue<SyncState | null>,
): Promise<SyncReport> {
  const requested = decoded(request) ?? {};
  assertInput(REQUEST, requested, 'The input of the run');
  const handedOn = decoded(carried);
  const state = handedOn == null ? newState(workflowInfo().runId, Date.now()) : resume(handedOn);
  setHandler(progressQuery, () => state.progress);
  setHandler(waitingSignal, (input) => {
    const wait = valid(WAIT, input);
    if (!wait || state.progress.phase === 'done') return;
    state.progress.waiting = wait;
    setCurrentDetails(progressDetails(state.progress));
  });

  const run = (state.run ??= await begin(requested, state));
  noteBegun(run);
  const ending = await workBeforeDeadline(run, requested, state);

  enter('reporting', state);
  const report = await CancellationScope.nonCancellable(() => end(run, ending));
  state.progress.phase = 'done';
  delete state.progress.waiting;
  setCurrentDetails(reportDetails(report));
  noteOutcome(run, report);
  if (report.outcome === 'failed' || report.outcome === 'abandoned') throw failedWith(report);
  if (report.outcome === 'cancelled')
    throw new CancelledFailure('The run was canceled; the graph keeps its report.');
  return report;
}

takesRawInputs(syncOkta);

/** Writes the report of a run, and has it announced if it says something new. */
async function end(run: BegunRun, ending: Ending | undefined): Promise<SyncReport> {
  const { domain, id: runId } = run;
  try {
    const report = await endRun(run, ending);
    if (run.notifies && isNewsworthy(report)) await announce({ domain, runId });
    return report;
  } catch (error) {
    if (run.notifies && error instanceof ActivityFailure)
      await announce({ domain, runId, failure: reasonOf(error).code });
    throw error;
  }
}

async function begin(request: SyncRequest, { progress }: SyncState): Promise<BegunRun> {
  try {
    const run = await beginRun(request, progress.runId);
    Object.assign(progress, { domain: run.domain, runNumber: run.number, mode: run.mode });
    if (run.access?.length) progress.access = { done: 0, total: 0 };
    for (const runId of run.abandoned ?? []) await announce({ domain: run.domain, runId });
    return run;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const reason = reasonOf(error);
    setCurrentDetails(notBegunDetails(reason));
    const { domain } = request;
    if (error.cause instanceof ApplicationFailure && isToAnnounce(error.cause))
      await announce({
        ...(domain !== undefined && { domain }),
        runId: progress.runId,
        failure: reason.code,
      });
    throw failureOf({ ...reason, message: withAdvice(reason), fact: reason.message, retryable: false });
  }
}

/** Returns undefined if all work was done, otherwise why it was not. */
async function workBeforeDeadline(
  run: BegunRun,
  request: SyncRequest,
  state: SyncState,
): Promise<Ending | undefined> {
  const scope = CancellationScope.current();
  const leftMs = Math.max(1, state.startedAtMs + run.deadlineMs - Date.now());
  try {
    await CancellationScope.withTimeout(leftMs, () => work(run, request, state));
    return undefined;
  } catch (error) {
    return endingOf(error, scope.consideredCancelled);
  }
}

async function work(run: BegunRun, request: SyncRequest, state: SyncState): Promise<void> {
  enter('users and groups', state);
  if (run.mode === 'touched') await readTouched(run, request, state);
  else
    await together(
      () => drainList('users', state, (cursor) => syncUsers(run, cursor)),
      () => drainList('groups', state, (cursor) => syncGroups(run, cursor)),
    );

  enter('memberships', state);
  while (!state.membershipsDone) {
    await handOverLongHistory(request, state);
    const { done, groupsDone, groupsTotal } = await syncMemberships(run);
    state.progress.memberships = { groupsDone, groupsTotal };
    enter('memberships', state);
    state.membershipsDone = done;
  }

  await drainAccess('read', run, request, state);

  enter('sweep', state);
  while (!state.swept) {
    await handOverLongHistory(request, state);
    const cursor = await sweep(run, state.sweep ?? undefined);
    state.sweep = cursor ?? null;
    state.swept = cursor == null;
  }

  // What Okta left out in the first part has meanwhile been gone long enough to ask again.
  await drainAccess('settled', run, request, state);
}

/** Reads what the System Log has named, instead of lists. */
async function readTouched(
  run: BegunRun,
  { touched = { users: [], groups: [] } }: SyncRequest,
  state: SyncState,
): Promise<void> {
  if (state.users === null && state.groups === null) return;
  await syncTouched(run, touched);
  state.users = state.groups = null;
  const { progress } = state;
  progress.users = { seen: touched.users.length, done: true };
  progress.groups = { seen: touched.groups.length, done: true };
  enter(progress.phase, state);
}

/** Reads, or settles, what `SYNC_ACCESS` names. */
async function drainAccess(
  part: AccessPart,
  run: BegunRun,
  request: SyncRequest,
  state: SyncState,
): Promise<void> {
  if (!run.access?.length || state.access === 'settled' || state.access === part) return;
  // What is settled are removals.
  const phase = part === 'read' ? 'access' : 'sweep';
  enter(phase, state);
  for (let isDone = false; !isDone;) {
    await handOverLongHistory(request, state);
    const { done: before = 0 } = state.progress.access ?? {};
    const { done, total, ...chunk } = await syncAccess(run, part);
    // The numbers of a chunk do not include the lists of earlier ones.
    state.progress.access = { done: before + done, total: before + total };
    enter(phase, state);
    isDone = chunk.isDone;
  }
  state.access = part;
}

/** Starts a phase and shows it in the `progress` query and the Temporal UI. */
function enter(phase: SyncPhase, { progress }: SyncState): void {
  progress.phase = phase;
  if (!currentWait(progress, new Date())) delete progress.waiting;
  setCurrentDetails(progressDetails(progress));
}

async function drainList(
  list: 'users' | 'groups',
  state: SyncState,
  syncChunk: (cursor: ListCursor) => Promise<ListChunk>,
): Promise<void> {
  for (let cursor = state[list]; cursor !== null; cursor = state[list]) {
    const chunk = await syncChunk(cursor);
    state[list] = chunk.cursor ?? null;
    state.progress[list] = { seen: chunk.seen, done: state[list] === null };
    enter(state.progress.phase, state);
  }
}

/** Continues as new when the server suggests it, because the length of a workflow's history is limited. */
async function handOverLongHistory(request: SyncRequest, state: SyncState): Promise<void> {
  // A new run would not know about the cancellation; the next activity fails with it.
  if (CancellationScope.current().consideredCancelled) return;
  if (workflowInfo().continueAsNewSuggested) {
    await continueAsNew<typeof syncOkta>(new RawValue(request), new RawValue(state));
  }
}

function failedWith(report: SyncReport): ApplicationFailure {
  const message = withAdvice(report.failure ?? { message: 'The run failed.' });
  return ApplicationFailure.create({
    type: 'SYNC_FAILED' satisfies Code,
    message,
    details: [report],
    nonRetryable: true,
  });
}
