import {
  ActivityFailure,
  ApplicationFailure,
  ContinueAsNew,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { Ending } from '../graph/runs';
import { INVALID_INPUT, MAX_REASON } from '../inputs';

/** Why the work of a run stopped before its end. Rethrows what is not an ending: a hand-over, or a bug. */
export function endingOf(error: unknown, wasCancelled: boolean): Ending {
  if (error instanceof ContinueAsNew) throw error;
  if (isCancellation(error) || wasToldToStop(error)) return wasCancelled ? CANCELLED : DEADLINE_REACHED;
  if (error instanceof ActivityFailure) return { outcome: 'failed', failure: reasonOf(error) };
  if (isUnusableResult(error)) return { outcome: 'failed', failure: failureOf(error) };
  throw error;
}

/** An activity that failed after it was told to stop: its worker died, or shut down, before it could say so. */
function wasToldToStop(error: unknown): boolean {
  return error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED';
}

/** Whoever has access to the namespace can complete an activity with anything. */
function isUnusableResult(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === INVALID_INPUT;
}

function failureOf({ type, message }: ApplicationFailure): Ending['failure'] {
  return { code: type ?? 'INTERNAL', message: message.slice(0, MAX_REASON) };
}

/** The failure that an activity gave up with, in the words of its error table. */
export function reasonOf(failure: ActivityFailure): Ending['failure'] {
  const { cause } = failure;
  if (cause instanceof ApplicationFailure) return failureOf(cause);
  if (cause instanceof TimeoutFailure) {
    const message = `${failure.activityType} did not answer in time, on any of its tries. Is a worker running?`;
    return { code: 'ACTIVITY_TIMEOUT', message };
  }
  return { code: 'INTERNAL', message: `${failure.activityType} failed.` };
}

const CANCELLED: Ending = {
  outcome: 'cancelled',
  failure: { code: 'CANCELLED', message: 'The run was cancelled; the next one goes on where it stopped.' },
};

const DEADLINE_REACHED: Ending = {
  outcome: 'partial',
  failure: {
    code: 'DEADLINE_REACHED',
    message: 'The run was not done by SYNC_RUN_DEADLINE; the next one goes on where it stopped.',
  },
};
