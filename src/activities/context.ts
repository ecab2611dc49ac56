import { setMaxListeners } from 'node:events';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { ZodMiniType } from 'zod/mini';
import { CODES, type Code } from '../codes';
import { assertInput } from '../boundary/inputs';
import type { OktaWait } from '../contract';
import { noUsage, type CallContext } from '../okta/callContext';
import { Waits } from './waits';

/** A chunk of work ends after about this long: long enough to hide Temporal's overhead, short enough to show progress. */
const CHUNK_MS = 20_000;

/** One attempt at one activity: what its calls to Okta need, and the heartbeat that carries its details. */
export class Attempt<Details> implements CallContext {
  readonly signal = Context.current().cancellationSignal;
  readonly usage = noUsage();
  oktaNowMs = Date.now();
  private readonly startedAt = performance.now();
  private readonly reportedWaits = new Waits();
  private details: Details | undefined;

  /**
   * @param chunkMs how long the attempt may go on taking up work.
   * @param schema of the details: an attempt that does not read them needs none.
   * @throws ApplicationFailure `INVALID_INPUT` when the details of an earlier attempt are not of that shape.
   */
  constructor(
    private readonly chunkMs = CHUNK_MS,
    schema?: ZodMiniType,
  ) {
    const { heartbeatDetails, activityType } = Context.current().info;
    if (schema && heartbeatDetails !== undefined) {
      assertInput(schema, heartbeatDetails, `The heartbeat of an earlier attempt at ${activityType}`);
      this.details = heartbeatDetails as Details;
    }
    // Each parallel request listens.
    setMaxListeners(0, this.signal);
  }

  /** What the last heartbeat of an earlier attempt, or of this one, said. */
  get lastDetails(): Details | undefined {
    return this.details;
  }

  /** Says that work was done up to here: a later attempt goes on from these details. */
  reached(details: Details): void {
    this.details = details;
    this.beat();
  }

  readonly beat = (): void => {
    Context.current().heartbeat(this.details);
  };

  readonly waits = (wait: OktaWait): void => {
    this.reportedWaits.take(wait);
  };

  /** Whether the chunk has lasted long enough. */
  isOver(): boolean {
    return performance.now() - this.startedAt >= this.chunkMs;
  }
}

/** Why the attempt was told to stop: a cancelled run stays cancelled, a worker's shutdown is retried elsewhere. */
export function stopReason(): unknown {
  const { cancellationDetails, cancellationSignal } = Context.current();
  if (!cancellationDetails?.workerShutdown) return cancellationSignal.reason;
  return ApplicationFailure.create({
    type: 'WORKER_SHUTDOWN' satisfies Code,
    message: CODES.WORKER_SHUTDOWN.means,
    category: ApplicationFailureCategory.BENIGN,
  });
}
