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

/**
 * Returns why a run's work stopped before its end. Rethrows errors that do not end a run: continue-as-new, or a bug.
 */
export function endingOf(error: unknown, wasCancelled: boolean): Ending {
  if (error instanceof ContinueAsNew) throw error;
  if (isCancellation(error) || wasStopRequested(error)) return wasCancelled ? CANCELLED : DEADLINE_REACHED;
  if (error instanceof ActivityFailure) return { outcome: 'failed', failure: reasonOf(error) };
  if (isUnusableResult(error)) return { outcome: 'failed', failure: faultOf(error) };
  throw error;
}

/**
 * Returns true for an activity that failed after a cancellation request: its worker died or shut down before it could
 * confirm.
 */
function wasStopRequested(error: unknown): boolean {
  return error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED';
}

/** Returns true for an invalid result: anybody with access to the namespace can complete an activity with any value. */
export function isUnusableResult(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === ('INVALID_INPUT' satisfies Code);
}

/** Returns the failure of an activity after its last attempt. */
export function reasonOf(failure: ActivityFailure): Fault {
  const { cause, activityType } = failure;
  if (cause instanceof ApplicationFailure) return faultOf(cause);
  return cause instanceof TimeoutFailure
    ? faultFor('ACTIVITY_TIMEOUT', `${activityType} timed out on every attempt.`)
    : faultFor('INTERNAL', `${activityType} failed.`);
}

const CANCELLED: Ending = { outcome: 'cancelled', failure: faultFor('CANCELLED') };
const DEADLINE_REACHED: Ending = { outcome: 'partial', failure: faultFor('DEADLINE_REACHED') };
