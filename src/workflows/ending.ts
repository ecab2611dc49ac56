import {
  ActivityFailure,
  ApplicationFailure,
  ContinueAsNew,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { Code } from '../codes';
import { faultFor, type Fault } from '../faults/fault';
import { faultOf } from '../faults/temporalFailure';
import type { Ending } from '../contract';

/** Why the work of a run stopped before its end. Rethrows what is not an ending: a hand-over, or a bug. */
export function endingOf(error: unknown, wasCancelled: boolean): Ending {
  if (error instanceof ContinueAsNew) throw error;
  if (isCancellation(error) || wasStopRequested(error)) return wasCancelled ? CANCELLED : DEADLINE_REACHED;
  if (error instanceof ActivityFailure) return { outcome: 'failed', failure: reasonOf(error) };
  if (isUnusableResult(error)) return { outcome: 'failed', failure: faultOf(error) };
  throw error;
}

/** An activity that failed after it was told to stop: its worker died, or shut down, before it could say so. */
function wasStopRequested(error: unknown): boolean {
  return error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED';
}

/** Whoever has access to the namespace can complete an activity with anything. */
function isUnusableResult(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === ('INVALID_INPUT' satisfies Code);
}

/** The failure that an activity gave up with. */
export function reasonOf(failure: ActivityFailure): Fault {
  const { cause, activityType } = failure;
  if (cause instanceof ApplicationFailure) return faultOf(cause);
  return cause instanceof TimeoutFailure
    ? faultFor('ACTIVITY_TIMEOUT', `${activityType} did not answer in time, on any of its tries.`)
    : faultFor('INTERNAL', `${activityType} failed.`);
}

const CANCELLED: Ending = { outcome: 'cancelled', failure: faultFor('CANCELLED') };
const DEADLINE_REACHED: Ending = { outcome: 'partial', failure: faultFor('DEADLINE_REACHED') };
