import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { ZodMiniType } from 'zod/mini';
import { CODES, type Code } from '../codes';
import { assertInput } from '../boundary/inputs';
import type { OktaWait } from '../contract';
import { noUsage, type CallContext } from '../okta/callContext';
import { Waits } from './waits';

/** Approximate length of a chunk of work: long enough to hide Temporal's overhead, short enough to show progress. */
const CHUNK_MS = 20_000;

/** Time between two heartbeats of an attempt that waits. */
const BEAT_MS = 5_000;

/** One attempt of an activity: the context of its calls to Okta, and the heartbeat with its details. */
export class Attempt<Details> implements CallContext {
  readonly signal = Context.current().cancellationSignal;
  readonly usage = noUsage();
  oktaNowMs = Date.now();
  private readonly startedAt = performance.now();
  private readonly reportedWaits = new Waits();
  private details: Details | undefined;

  /**
   * @param chunkMs how long the attempt may start new work, milliseconds.
   * @param schema of the heartbeat details; not needed by an activity that does not read them.
   * @param options `signalsWaits`: true if the workflow shows what the attempt waits for.
   * @throws ApplicationFailure `INVALID_INPUT` if the details of an earlier attempt do not match the schema.
   */
  constructor(
    private readonly chunkMs = CHUNK_MS,
    schema?: ZodMiniType,
    private readonly options: { signalsWaits: boolean } = { signalsWaits: true },
  ) {
    const { heartbeatDetails, activityType } = Context.current().info;
    if (schema && heartbeatDetails !== undefined) {
      assertInput(schema, heartbeatDetails, `The heartbeat of an earlier attempt at ${activityType}`);
      this.details = heartbeatDetails as Details;
    }
    // Each parallel request adds a listener.
    setMaxListeners(0, this.signal);
  }

  /** The details of the last heartbeat of this attempt or an earlier one. */
  get lastDetails(): Details | undefined {
    return this.details;
  }

  /** Records progress: a later attempt continues from these details. */
  reached(details: Details): void {
    this.details = details;
    this.beat();
  }

  readonly beat = (): void => {
    Context.current().heartbeat(this.details);
  };

  /** A heartbeat between two steps of work. @throws the signal's reason if the attempt is aborted. */
  readonly step = (): void => {
    this.signal.throwIfAborted();
    this.beat();
  };

  readonly waits = (wait: OktaWait): void => {
    if (this.options.signalsWaits) this.reportedWaits.report(wait);
  };

  /** Waits with heartbeats. @throws the signal's reason if the attempt is aborted. */
  async pause(ms: number): Promise<void> {
    if (ms === 0) return;
    await this.during(sleep(ms, undefined, { signal: this.signal }).catch(() => undefined));
    this.signal.throwIfAborted();
  }

  /** Awaits something that shows no progress of its own, such as a statement about a whole org, with heartbeats. */
  async during<T>(work: Promise<T>): Promise<T> {
    const beating = setInterval(this.beat, BEAT_MS);
    try {
      return await work;
    } finally {
      clearInterval(beating);
    }
  }

  /** Returns true if the chunk's time is up. */
  isOver(): boolean {
    return performance.now() - this.startedAt >= this.chunkMs;
  }
}

/**
 * Returns why the attempt must stop: a canceled run stays canceled; after a worker's shutdown, the activity is
 * retried on another one.
 */
export function stopReason(): unknown {
  const { cancellationDetails, cancellationSignal } = Context.current();
  if (!cancellationDetails?.workerShutdown) return cancellationSignal.reason;
  return ApplicationFailure.create({
    type: 'WORKER_SHUTDOWN' satisfies Code,
    message: CODES.WORKER_SHUTDOWN.means,
    category: ApplicationFailureCategory.BENIGN,
  });
}
