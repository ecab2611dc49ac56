import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { ZodMiniType } from 'zod/mini';
import { CodedError } from '../faults/fault';
import { failureOf } from '../faults/temporalFailure';
import { explainNeo4jError } from '../graph/errors';
import { assertInput } from '../boundary/inputs';
import { errorLocation } from '../text/internalError';
import { stopReason } from './context';

type Activity<Args extends unknown[], Result> = (...args: Args) => Promise<Result>;

/**
 * Wraps an activity so that it only accepts inputs of the given shapes and only fails with known types and safe texts,
 * because Temporal's history stores them.
 *
 * @param inputs a schema for each argument.
 */
export function guarded<Args extends unknown[], Result>(
  inputs: readonly ZodMiniType[],
  activity: Activity<Args, Result>,
): Activity<Args, Result> {
  return async (...args) => {
    try {
      const { activityType } = Context.current().info;
      inputs.forEach((schema, index) =>
        assertInput(schema, args[index], `Input ${index + 1} of ${activityType}`),
      );
      return await activity(...args);
    } catch (error) {
      if (Context.current().cancellationSignal.aborted) throw stopReason();
      throw toFailure(error);
    }
  };
}

/**
 * Converts an error to a failure for Temporal: its type, its safe texts, and whether and when it is retried. It never
 * has a `cause`.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const known = error instanceof CodedError ? error : explainNeo4jError(error);
  return failureOf(known ?? new CodedError('INTERNAL', `Internal error: ${errorLocation(error)}.`));
}
