import { workflowInfo } from '@temporalio/workflow';
import { safeParse } from 'zod/mini';
import type { AccessPart } from '../activities/access/syncAccess';
import type { ListCursor } from '../activities/lists';
import type { BegunRun } from '../activities/runs';
import type { SweepCursor } from '../activities/sweep';
import type { SyncProgress } from '../contract';
import { CodedError } from '../faults/fault';
import { failureOf } from '../faults/temporalFailure';
import { assertInput, STATE, WAIT } from '../boundary/inputs';

/** Progress of a run; passed on completely when the workflow continues as new. */
export interface SyncState {
  startedAtMs: number;
  /** Absent until the run has a number. */
  run?: BegunRun;
  /** Position in each list; null once it was read to its end. */
  users: ListCursor | null;
  groups: ListCursor | null;
  membershipsDone: boolean;
  /** The part of the access phase that is done; absent if none is. */
  access?: AccessPart;
  /** Position of the sweep; null at its start and at its end. */
  sweep: SweepCursor | null;
  /** True if the sweep is done. */
  swept?: boolean;
  progress: SyncProgress;
}

export function newState(runId: string, startedAtMs: number): SyncState {
  return {
    startedAtMs,
    users: { seen: 0, restarts: 0 },
    groups: { seen: 0, restarts: 0 },
    membershipsDone: false,
    sweep: null,
    progress: {
      phase: 'starting',
      runId,
      users: { seen: 0, done: false },
      groups: { seen: 0, done: false },
      memberships: { groupsDone: 0 },
    },
  };
}

/**
 * Returns the state passed on by an earlier workflow run. Another workflow in the namespace can also pass one on, by
 * continuing as this workflow, so its contents are checked where they are used.
 *
 * @throws ApplicationFailure `INVALID_INPUT` if the workflow was not continued, or if it is not a valid state.
 */
export function resume(carried: SyncState): SyncState {
  if (workflowInfo().continuedFromExecutionRunId === undefined) {
    const fact = 'A run takes one input; the second one is what a run hands on when it continues as new.';
    throw failureOf(new CodedError('INVALID_INPUT', fact));
  }
  assertInput(STATE, carried, 'The state that the run carries on');
  if (!safeParse(WAIT, carried.progress.waiting).success) delete carried.progress.waiting;
  return carried;
}
