import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { ZodMiniType } from 'zod/mini';
import { explainNeo4jError } from '../graph/errors';
import { RunEndedError } from '../graph/run';
import { OrgIdentityError } from '../graph/runs';
import { SchemaError } from '../graph/schema';
import { OktaError } from '../okta/errors';
import { UnknownOrgError, UnreadOrgError } from '../okta/directory';
import { assertInput } from '../inputs';
import { whereItBroke } from '../internalError';
import { stopReason } from './context';

type Activity<Args extends unknown[], Result> = (...args: Args) => Promise<Result>;

/**
 * Lets nothing into an activity but inputs of the shapes given, and nothing out but a failure of known type and safe
 * text: it is kept in Temporal's history.
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

/** Errors of ours that no retry mends, by the type that their failure carries. */
const PERMANENT: readonly [new (...args: never[]) => Error, string][] = [
  [UnknownOrgError, 'UNKNOWN_ORG'],
  [OrgIdentityError, 'ORG_IDENTITY'],
  [SchemaError, 'GRAPH_SCHEMA'],
  [RunEndedError, 'RUN_ENDED'],
];

/** The table from an error to a failure: its type, its text, whether and when it is retried. Never a `cause`. */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof OktaError) {
    return ApplicationFailure.create({
      type: error.code,
      message: error.message,
      nonRetryable: !error.retryable,
      ...(error.retryAfterMs === undefined
        ? {}
        : { nextRetryDelay: Math.ceil(error.retryAfterMs), category: ApplicationFailureCategory.BENIGN }),
    });
  }
  for (const [kind, type] of PERMANENT) {
    if (error instanceof kind) return ApplicationFailure.nonRetryable(error.message, type);
  }
  if (error instanceof UnreadOrgError)
    return ApplicationFailure.create({ type: 'UNKNOWN_ORG', message: error.message });
  const explained = explainNeo4jError(error);
  if (explained) {
    const { code, message, retryable } = explained;
    return ApplicationFailure.create({ type: code, message, nonRetryable: !retryable });
  }
  return ApplicationFailure.create({
    type: 'INTERNAL',
    message: `Internal error: ${whereItBroke(error)}`,
  });
}
